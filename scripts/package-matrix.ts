// Installs the packed tarball as users do, on several Node, by several package managers, with several TypeScript, and
// runs the first spec of the README there, one that fails, the types and the command.
//
//   node --experimental-strip-types scripts/package-matrix.ts                the fewest that have each of them once
//   node --experimental-strip-types scripts/package-matrix.ts --all          every combination
//   node --experimental-strip-types scripts/package-matrix.ts 26.10.0/pnpm/5.9   these
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import lockFile from '../package-lock.json' with { type: 'json' }

const NODES = ['22.12.0', '24.21.0', '26.10.0']
const MANAGERS = { npm: 'npm@11.21.2', pnpm: 'pnpm@12.21.0', yarn: '@yarnpkg/cli-dist@4.18.1' } as const
const TYPESCRIPTS = ['5.9', '7']
const FEWEST = ['22.12.0/npm/5.9', '24.21.0/pnpm/7', '26.10.0/yarn/7']
/** What a tarball may take, in bytes. */
const MOST = 450_000
/** Deadline of an install, and of a run, in ms. */
const WITHIN_MS = 300_000

type Manager = keyof typeof MANAGERS

const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'vitest-tidb-package-'))

interface Ran {
  readonly status: number | null
  readonly output: string
}

/** Runs a program to its end. @throws unless it ends as it should, with what it printed. */
function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, wanted = 0): Ran {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: WITHIN_MS,
    killSignal: 'SIGKILL',
  })
  const output = `${stdout}${stderr}`
  if (error !== undefined) throw new Error(`${command} ${args.join(' ')}: ${error.message}\n${output}`)
  if (status !== wanted) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${output}`)
  return { status, output }
}

/** The folder of programs of a package that is installed by itself, once. */
function tool(spec: string): string {
  const folder = join(work, 'tools', spec.replaceAll('/', '+'))
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, spec]
  if (readdirSync(folder).length === 0) run('npm', args, work, process.env)
  return join(folder, 'node_modules', '.bin')
}

function pack(): string {
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', work], root, process.env)
  const [name = ''] = readdirSync(work).filter((file) => file.endsWith('.tgz'))
  const tarball = join(work, name)
  const { size } = statSync(tarball)
  console.log(`${name}: ${size} bytes`)
  if (size > MOST) throw new Error(`the tarball takes ${size} bytes, of ${MOST} at most`)
  return tarball
}

const FAILING = `import { expect, test } from 'vitest-tidb'

test('a table that is not there', async ({ tidb }) => {
  expect(await tidb.query('select * from no_such_table')).toEqual([])
})
`

const TYPES = `import { createTest, defineState, workflow, type Session } from 'vitest-tidb'
import { defineCheck, namesLimit, runChecks } from 'vitest-tidb/checks'
import { generate, integer } from 'vitest-tidb/data'
import 'vitest-tidb/matchers'
import { tidb } from 'vitest-tidb/plugin'
import setup from 'vitest-tidb/setup'
import Reporter from 'vitest-tidb/reporter'

const counting = defineState({
  name: 'Counting',
  needs: ['Connecting'],
  run: async ({ connection }) => ({ count: (await connection.query('show databases')).length }),
})
const test = createTest(workflow.with(counting))
test('typed', async ({ tidb: session }) => {
  const { count }: { count: number } = await session.counting()
  // @ts-expect-error there is no such step
  session.noSuchStep()
  return void count
})
export const check = defineCheck({
  name: 'a-check',
  title: 'A check',
  severity: 'info',
  limits: { names: namesLimit([], 'names') },
  advice: 'none',
  docs: 'https://docs.pingcap.com/tidb/stable/',
  source: 'nothing',
  run: async ({ limits }) => limits.names.map((name) => ({ subject: { kind: 'table', name }, message: 'is there' })),
})
export const all = (session: Session) => runChecks([session], [check])
export const rows = generate({ seed: 1, rows: 2, columns: { id: integer() } })
export const parts = [tidb({ version: 'v8.5.6' }), setup, Reporter]
`

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    types: ['node'],
    // What vitest's own declarations need is not ours to have checked.
    skipLibCheck: true,
  },
  include: ['*.ts'],
}

function install(manager: Manager, project: string, env: NodeJS.ProcessEnv): void {
  if (manager === 'npm') run('npm', ['install', '--no-audit', '--no-fund'], project, env)
  if (manager === 'pnpm') run('pnpm', ['install', '--no-frozen-lockfile'], project, env)
  if (manager === 'yarn') {
    const registry = run('npm', ['config', 'get', 'registry'], project, process.env).output.trim()
    const own = { YARN_NPM_REGISTRY_SERVER: registry, YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname }
    const settings = {
      YARN_NODE_LINKER: 'node-modules',
      YARN_ENABLE_TELEMETRY: 'false',
      YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    }
    run('yarn', ['install'], project, { ...env, ...own, ...settings })
  }
}

function prove(tarball: string, pair: string): void {
  const [node = '', manager = '', typescript = ''] = pair.split('/')
  if (!(manager in MANAGERS)) throw new Error(`${pair} is not a Node, a package manager and a TypeScript`)
  const began = performance.now()
  const project = join(work, pair.replaceAll('/', ' '))
  mkdirSync(project)
  const manifest = {
    name: 'a-project',
    private: true,
    type: 'module',
    devDependencies: {
      '@types/node': '^22.12.0',
      typescript: typescript === '7' ? '^7.0.2' : `~${typescript}.3`,
      vitest: '^5.0.0',
      // A peer of vitest: npm and pnpm install those by themselves. The version is that of this repository.
      ...(manager === 'yarn' && { vite: lockFile.packages['node_modules/vite'].version }),
      'vitest-tidb': `file:${tarball}`,
    },
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  cpSync(join(root, 'fixtures/projects/package/vitest.config.ts'), join(project, 'vitest.config.ts'))
  cpSync(join(root, 'specs/docs/first.spec.ts'), join(project, 'first.spec.ts'))
  writeFileSync(join(project, 'failing.spec.ts'), FAILING)
  writeFileSync(join(project, 'types.ts'), TYPES)

  // As a user has it: this Node before all others, and nothing of this repository on the path.
  const others = (process.env.PATH ?? '').split(delimiter).filter((path) => !path.startsWith(root))
  const path = [tool(`node@${node}`), tool(MANAGERS[manager as Manager]), ...others].join(delimiter)
  const env = {
    ...process.env,
    PATH: path,
    TIDB_PROVIDER: process.env.TIDB_PROVIDER ?? 'binary',
    NO_COLOR: '1',
    CI: 'true',
  }
  const { output: version } = run('node', ['--version'], project, env)
  if (!version.startsWith(`v${node.split('.', 1)[0]}.`)) throw new Error(`${pair} runs on Node ${version}`)

  install(manager as Manager, project, env)
  const programs = join(project, 'node_modules', '.bin')
  const bin = (name: string) => join(programs, name)
  run(bin('tsc'), ['-p', '.'], project, env)
  const { output: passed } = run(bin('vitest'), ['run', 'first.spec.ts'], project, env)
  if (!/Tests {2}2 passed/.test(passed)) throw new Error(`the first spec did not pass:\n${passed}`)
  const { output: failed } = run(bin('vitest'), ['run', 'failing.spec.ts'], project, env, 1)
  for (const part of ['server said: ER_NO_SUCH_TABLE', '1 failed', 'last statements:', 'error 1146']) {
    if (!failed.includes(part)) throw new Error(`the failing spec does not say ${part}:\n${failed}`)
  }
  const { output: said } = run(bin('vitest-tidb'), ['check', '--list'], project, env)
  if (!said.includes('no-old-transactions')) throw new Error(`the command does not list its checks:\n${said}`)
  const { output: bad } = run(bin('vitest-tidb'), ['chekc'], project, env, 2)
  if (!bad.includes('check')) throw new Error(`the command suggests nothing:\n${bad}`)
  console.log(
    `Node ${version.trim()}, ${manager}, TypeScript ${typescript}: ${Math.round((performance.now() - began) / 1_000)} s`,
  )
}

const given = process.argv.slice(2)
const all = NODES.flatMap((node) =>
  Object.keys(MANAGERS).flatMap((manager) => TYPESCRIPTS.map((typescript) => `${node}/${manager}/${typescript}`)),
)
const pairs = given.includes('--all') ? all : given.length > 0 ? given : FEWEST
try {
  const tarball = pack()
  for (const pair of pairs) prove(tarball, pair)
  console.log(`${pairs.length} of ${all.length} combinations proven`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
