import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { parse } from 'yaml'
import { projectWithPackage } from '../../fixtures/installed-package.ts'
import { ownEnvironment } from '../../fixtures/own-environment.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { typeInto, whyNoTyping } from '../../fixtures/typing.ts'

let folder: ReturnType<typeof projectWithPackage>
beforeEach(() => {
  folder = projectWithPackage()
})
afterEach(() => folder[Symbol.dispose]())

const at = (path: string) => join(folder.path, path)

function init(...args: string[]) {
  const main = at('node_modules/vitest-tidb/dist/cli/main.js')
  return spawnSync(process.execPath, [main, 'init', ...args], {
    cwd: folder.path,
    env: ownEnvironment(),
    encoding: 'utf8',
  })
}

test('what is written into a project is a run that passes', { timeout: 180_000 }, () => {
  const { stdout, status } = init()
  expect(stdout).toBe(
    [
      'written    vitest.config.ts',
      'written    specs/tidb.spec.ts',
      'written    .env.example',
      'written    .github/workflows/tidb.yml',
      'next: npm i -D vitest vitest-tidb',
      'next: npx vitest run\n',
    ].join('\n'),
  )
  expect(status).toBe(0)
  const run = spawnSync('vitest', ['run'], {
    cwd: folder.path,
    env: { ...ownEnvironment(), ...serverEnv() },
    encoding: 'utf8',
  })
  expect(run.stdout + run.stderr).toMatch(/Tests {2}1 passed \(1\)/)
  expect(run.status).toBe(0)
  expect(readFileSync(at('.env.example'), 'utf8')).toContain('\n# TIDB_PORT=4000\n')
  expect(init().stdout).not.toMatch(/written|replaced|kept/)
})

test.for([
  ['npm', { packageManager: 'npm@11.0.0' }, 'npx vitest run', 'npm ci', undefined],
  ['pnpm', { packageManager: 'pnpm@10.1.0' }, 'pnpm exec vitest run', 'pnpm install --frozen-lockfile', undefined],
  ['yarn', {}, 'yarn vitest run', 'yarn install --immutable', ['yarn.lock', '__metadata:\n']],
  ['yarn', {}, 'yarn vitest run', 'yarn install --frozen-lockfile', ['yarn.lock', '# yarn lockfile v1\n']],
  ['pnpm', {}, 'pnpm exec vitest run', 'pnpm install --frozen-lockfile', ['pnpm-lock.yaml', '']],
] as const)('the workflow is that of %s, for %j', ([manager, manifest, runs, installs, lock]) => {
  writeFileSync(
    at('package.json'),
    JSON.stringify({ ...manifest, devDependencies: { vite: '8', vitest: '5', 'vitest-tidb': '0' } }),
  )
  if (lock !== undefined) writeFileSync(at(lock[0]), lock[1])
  const { stdout } = init('--json')
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, packageManager: manager, next: [runs] })
  const { jobs } = parse(readFileSync(at('.github/workflows/tidb.yml'), 'utf8')) as {
    jobs: { specs: { steps: { uses?: string; run?: string; with?: object }[] } }
  }
  // Its action refuses to guess a version that package.json does not name.
  const pnpm = jobs.specs.steps.find(({ uses }) => uses?.startsWith('pnpm/'))
  expect(pnpm !== undefined && 'version' in (pnpm.with ?? {})).toBe(
    manager === 'pnpm' && !('packageManager' in manifest),
  )
  expect(jobs.specs.steps.flatMap(({ run }) => run ?? [])).toEqual(expect.arrayContaining([installs, runs]))
})

test('what is to be installed with yarn has vite, a peer that it leaves out', () => {
  writeFileSync(at('yarn.lock'), '')
  expect(JSON.parse(init('--json').stdout)).toMatchObject({
    next: ['yarn add -D vitest vite vitest-tidb', 'yarn vitest run'],
  })
})

test('what is there is left, unless somebody says otherwise', () => {
  mkdirSync(at('specs'))
  writeFileSync(at('specs/tidb.spec.ts'), 'mine')
  writeFileSync(at('vite.config.mjs'), 'export default {}\n')
  const refused = init()
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain('specs/tidb.spec.ts: there already, and nobody can be asked without a terminal')
  expect(refused.stderr).toContain('try: --yes replaces what is there, --keep leaves it')
  expect(existsSync(at('.env.example'))).toBe(false)
  const kept = init('--keep')
  expect(kept.stdout).toContain('kept       specs/tidb.spec.ts\n')
  expect(kept.stdout).toContain('kept       vite.config.mjs\n')
  expect(kept.stdout).toContain("next: add tidb() from 'vitest-tidb/plugin' to the plugins of vite.config.mjs\n")
  expect(existsSync(at('vitest.config.ts'))).toBe(false)
  expect(readFileSync(at('specs/tidb.spec.ts'), 'utf8')).toBe('mine')
  expect(init('--yes').stdout).toContain('replaced   specs/tidb.spec.ts\n')
  expect(readFileSync(at('vite.config.mjs'), 'utf8')).toBe('export default {}\n')
})

test('a folder in the place of a file, and a file in that of a folder, are told, and nothing is written', () => {
  const said = (...args: string[]) => {
    const { status, stderr } = init(...args)
    expect(status).toBe(2)
    expect(existsSync(at('.env.example'))).toBe(false)
    return stderr
  }
  writeFileSync(at('specs'), '')
  expect(said('--yes')).toBe('specs is there, and is no folder\n  try: move it, or run this in another folder\n')
  rmSync(at('specs'))
  mkdirSync(at('vitest.config.ts'))
  expect(said('--keep')).toMatch(/^vitest\.config\.ts is there, and is no file\n/)
})

test.for([
  ['y\r', 'replaced   specs/tidb.spec.ts', 0],
  ['\r', 'kept       specs/tidb.spec.ts', 0],
  ['\u0003', 'interrupted while asking what to replace: nothing was written', 130],
  ['\u0004', 'interrupted while asking what to replace: nothing was written', 130],
] as const)('in a terminal, what is there is asked for: %j', async ([keys, says, ends], { skip }) => {
  const why = whyNoTyping()
  skip(why !== undefined, why)
  mkdirSync(at('specs'))
  writeFileSync(at('specs/tidb.spec.ts'), 'mine')
  const { shown, status } = await typeInto({ args: ['init'], at: '[y/N]', keys, cwd: folder.path })
  expect(shown).toContain(says)
  expect(shown).not.toMatch(/node:|\.js:/)
  expect(status).toBe(ends)
  expect(existsSync(at('.env.example'))).toBe(ends === 0)
})

test('a folder that is no project is told as such', () => {
  const nowhere = at('nowhere')
  mkdirSync(nowhere)
  const main = at('node_modules/vitest-tidb/dist/cli/main.js')
  const { status, stdout } = spawnSync(process.execPath, [main, 'init', '--json'], { cwd: nowhere, encoding: 'utf8' })
  expect(status).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { hints: [expect.stringContaining('npm init')] } })
})
