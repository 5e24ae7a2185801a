import { expect, test } from 'vitest'
import { ConfigError, RequirementError } from '../errors.ts'
import type { Abilities, Privileges } from './abilities.ts'
import { checkRequirements, type Requirements } from './requirements.ts'
import { unmet } from './unmet.ts'

const local = { host: '127.0.0.1', port: 4000, user: 'me', release: 'v8.5.6', store: 'unistore', ours: true }
const known = ['Select', 'Super', 'Process', 'Grant option', 'Usage', 'BACKUP_ADMIN', 'RESTRICTED_TABLES_ADMIN']
const privileges = (grants: readonly string[], rest: Partial<Privileges> = {}): Abilities => ({
  parts: { is: ['tidb', 'tidb', 'tikv', 'tiflash'] },
  privileges: { is: { grants, known, enhancedSecurity: false, ...rest } },
})
const root = privileges(["GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION"])

test.for<[Requirements, string]>([
  [{ version: '>=8.5' }, 'v8.5.6'],
  [{ version: '>=8.5' }, 'v9.0.0-beta.2'],
  [{ version: '>=8.5' }, 'v8.5.0-alpha-12-g0123abc'],
  [{ version: '7.5.x || ^8.5.4' }, 'v8.5.6'],
])('%o is met by %s', ([needs, release]) => {
  expect(unmet(needs, { ...local, release }, undefined)).toEqual([])
})

test.for<[Requirements, string]>([
  [{ version: '>=8.5.0' }, 'v8.5.0-alpha'],
  [{ version: '>=8.5.7' }, 'v8.5.6'],
  [{ version: '<8' }, 'v8.5.6'],
])('%o is not met by %s', ([needs, release]) => {
  expect(unmet(needs, { ...local, release }, undefined)).toEqual([
    `TiDB ${needs.version}, and this server is ${release}`,
  ])
})

test('a build that says no release is an error', () => {
  expect(() => unmet({ version: '>=8' }, { ...local, release: 'None' }, undefined)).toThrow(RequirementError)
})

test.for<[Requirements, string[]]>([
  [{ storage: 'tikv' }, ['a server on tikv, and this one is on unistore']],
  [{ ingest: true }, ['a TiKV to ingest into, and this one is on unistore']],
  [{ ingest: false, storage: 'unistore', ours: true, nodes: 2, tiflash: true }, []],
  [{ ours: false }, ['a server that the run did not start']],
  [{ nodes: 3 }, ['3 tidb-servers, and this cluster has 2']],
  [{ tiflash: false, nodes: 9 }, ['9 tidb-servers, and this cluster has 2', 'a cluster without a TiFlash']],
])('%o of a local server with two nodes', ([needs, missing]) => {
  expect(unmet(needs, local, root)).toEqual(missing)
})

test.for<[string, string[], string, Partial<Privileges>?]>([
  ['root has all', ["GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION"], 'super backup_admin grant option'],
  ['SUPER stands for dynamic ones', ["GRANT SELECT,SUPER ON *.* TO 'me'@'%'"], 'BACKUP_ADMIN'],
  ['a role counts', ["GRANT SELECT ON *.* TO 'me'@'%'", "GRANT BACKUP_ADMIN ON *.* TO 'me'@'%'"], 'BACKUP_ADMIN'],
  ['everybody may connect', [], 'USAGE'],
])('%s', ([, grants, wanted]) => {
  const all = wanted === 'super backup_admin grant option' ? ['super', 'backup_admin', 'grant option'] : wanted
  expect(unmet({ privilege: all }, local, privileges(grants))).toEqual([])
})

test.for<[string, string[], string, Partial<Privileges>?]>([
  ['that of a database is not that of all', ["GRANT ALL PRIVILEGES ON `shop`.* TO 'me'@'%'"], 'SUPER'],
  ['ALL PRIVILEGES does not let one grant', ["GRANT ALL PRIVILEGES ON *.* TO 'me'@'%'"], 'GRANT OPTION'],
  [
    'SUPER is less under security enhanced mode',
    ["GRANT SUPER ON *.* TO 'me'@'%'"],
    'RESTRICTED_TABLES_ADMIN',
    { enhancedSecurity: true },
  ],
])('%s', ([, grants, wanted, rest]) => {
  expect(unmet({ privilege: wanted }, local, privileges(grants, rest))).toEqual([
    `${wanted} on *.*, which me does not have`,
  ])
})

test('what the server refuses to tell is an error, and so is a privilege that it does not know', () => {
  const refused: Abilities = { ...root, parts: { unknown: 'you need PROCESS' } }
  expect(() => unmet({ nodes: 1 }, local, refused)).toThrow(/can't be known: you need PROCESS/)
  expect(unmet({ privilege: 'SUPER' }, local, refused)).toEqual([])
  expect(() => unmet({ privilege: 'SUPPER' }, local, root)).toThrow(/did you mean SUPER\?/)
})

test.for([
  [{ nodez: 1 }, 'did you mean nodes?'],
  [{ nodes: 0 }, 'give a whole number above 0'],
  [{ storage: 'rocks' }, "give 'tikv' or 'unistore'"],
  [{ tiflash: 'yes' }, 'give true or false'],
  [{ privilege: [] }, 'or a list of them'],
  [{ because: 'of that' }, 'asks for nothing'],
  [{}, 'asks for nothing'],
  ['>=8', 'give an object with version'],
] as const)('%o is refused', ([needs, says]) => {
  expect(() => checkRequirements(needs as never)).toThrow(ConfigError)
  expect(() => checkRequirements(needs as never)).toThrow(says)
})
