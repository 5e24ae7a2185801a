import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { projectWithPackage } from '../../fixtures/installed-package.ts'
import { ownEnvironment } from '../../fixtures/own-environment.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const env = ownEnvironment()

// A folder with a space in its name, and without the optional peers.
const folder = projectWithPackage()
const project = folder.path
cpSync(join(root, 'fixtures/projects/package/vitest.config.ts'), join(project, 'vitest.config.ts'))
cpSync(join(root, 'specs/docs/first.spec.ts'), join(project, 'first.spec.ts'))
afterAll(() => folder[Symbol.dispose]())

function runNode(code: string, more: NodeJS.ProcessEnv = {}): string {
  writeFileSync(join(project, 'plain.js'), code)
  const { stdout, stderr } = spawnSync(process.execPath, ['plain.js'], {
    cwd: project,
    env: { ...env, ...more },
    encoding: 'utf8',
  })
  return stdout + stderr
}

/** A compiled module and those that are loaded with it, by path, and the packages that they import. */
function loadedWith(path: string, texts = new Map<string, string>(), packages = new Set<string>()) {
  if (texts.has(path)) return { texts, packages }
  const text = readFileSync(path, 'utf8')
  texts.set(path, text)
  // Lines of the bundle are long, and import() is no part of what is loaded with it.
  for (const [, name = ''] of text.matchAll(/\b(?:import|export)\s*(?:[\w*{][^'"();]*\bfrom\s*)?["']([^"']+)["']/g)) {
    if (name.startsWith('.')) loadedWith(join(dirname(path), name), texts, packages)
    else if (!name.startsWith('node:')) packages.add(name)
  }
  return { texts, packages }
}

test('a run without TiDB loads little for the plugin', () => {
  const { packages } = loadedWith(join(project, 'node_modules/vitest-tidb/dist/plugin.js'))
  expect([...packages]).toEqual(['ms'])
})

test.for(['plugin', 'setup', 'index', 'cli/main'])('what is slow to make is not made while %s loads', (entry) => {
  const { texts } = loadedWith(join(project, `node_modules/vitest-tidb/dist/${entry}.js`))
  // V8 makes the sets of a literal as it reads the module: one took 35 ms.
  const slow = /[^?]=\s*new Intl\.|\/[^\n'"`/]*\\p\{(?:RGI_Emoji|sc=)/
  expect([...texts].filter(([, text]) => slow.test(text)).map(([path]) => path)).toEqual([])
})

// The README's start for users of the package, done to the letter.
test('the compiled package runs the first spec of the README', { timeout: 120_000 }, () => {
  // It can't start a container, as the project has no testcontainers.
  const server = env.TIDB_PROVIDER === 'container' ? serverEnv() : {}
  const run = spawnSync('vitest', ['run'], { cwd: project, env: { ...env, ...server }, encoding: 'utf8' })
  expect(run.stdout + run.stderr).toMatch(/Tests {2}2 passed \(2\)/)
  expect(run.status).toBe(0)
})

test('without testcontainers, a run in a container says what to install', () => {
  const run = spawnSync('vitest', ['run'], {
    cwd: project,
    // When it says that an engine is, none is asked before testcontainers is loaded.
    env: { ...env, TIDB_PROVIDER: 'container', DOCKER_HOST: 'tcp://127.0.0.1:1' },
    encoding: 'utf8',
  })
  expect(run.stdout + run.stderr).toContain('the package testcontainers, which starts containers, is not installed')
  expect(run.stdout + run.stderr).toContain('try: npm i -D testcontainers')
  expect(run.status).toBe(1)
})

test('without testcontainers, the next way to a TiDB is tried, and one line says why', { timeout: 120_000 }, () => {
  const run = spawnSync('vitest', ['run', '-t', 'an order is stored'], {
    cwd: project,
    env: { ...env, TIDB_PROVIDER: 'auto', DOCKER_HOST: 'tcp://127.0.0.1:1' },
    encoding: 'utf8',
  })
  expect(run.stdout + run.stderr).toMatch(/no container: the package testcontainers, .* is not installed/)
  expect(run.stdout + run.stderr).toMatch(/Tests {2}1 passed/)
  expect(run.status).toBe(0)
})

test('without testcontainers, vitest-tidb/container says what to install', () => {
  const said = runNode(`import 'vitest-tidb/container'`)
  expect(said).toContain('ServerError: the package testcontainers, which starts containers, is not installed')
  expect(said).toContain('try: npm i -D testcontainers')
})

test('without faker, columns that need it say what to install, and all others have values', () => {
  const said = runNode(`
    import { email, generate, integer } from 'vitest-tidb/data'
    console.log('without', [...generate({ seed: 1, rows: 2, columns: { id: integer() } }).rows()].length)
    try {
      generate({ seed: 1, rows: 2, columns: { mail: email() } })
    } catch (error) {
      console.log(String(error))
    }`)
  expect(said).toContain('without 2')
  expect(said).toContain('ConfigError: columns.mail has values of the package @faker-js/faker, which is not installed')
  expect(said).toContain('try: npm i -D @faker-js/faker')
})

test('outside of vitest, many connections run, and only a test says that there are none', () => {
  const said = runNode(
    `
    import { defineConnection, MultiConnectionStateMachine, test } from 'vitest-tidb'
    const work = async (session, coordinator) => {
      const { version } = await session.gettingVersion()
      await coordinator.barrier('connected')
      return String(version)
    }
    const machine = new MultiConnectionStateMachine({ alice: defineConnection({ work }), bob: defineConnection({ work }) })
    const outcome = await machine.run()
    console.log(outcome.status, outcome.value('alice') === outcome.value('bob'))
    for (const use of [() => test('a test', () => {}), () => test.extend('fixture', 1), () => test.skip('a test')]) {
      try {
        use()
        console.log('no error')
      } catch (error) {
        console.log('refused:', error.message.split('\\n', 1)[0])
      }
    }`,
    serverEnv(),
  )
  expect(said).toContain('completed true')
  expect(said.match(/refused: .*Vitest failed to find the current suite/g)).toHaveLength(3)
})
