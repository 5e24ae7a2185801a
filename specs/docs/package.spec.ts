import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { tempFolder } from '../../fixtures/temp-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

// The README's start for users of the package, done to the letter, in a folder with a space in its name.
test('the compiled package runs the first spec of the README', { timeout: 120_000 }, () => {
  using folder = tempFolder()
  const project = join(folder.path, 'a project')
  const installed = join(project, 'node_modules', 'vitest-tidb')
  mkdirSync(installed, { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  }
  execFileSync(
    join(root, 'node_modules/.bin/tsc'),
    ['-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')],
    { cwd: root },
  )
  for (const name of ['package.json', 'tidb-server'])
    cpSync(join(root, name), join(installed, name), { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  cpSync(join(root, 'fixtures/projects/package/vitest.config.ts'), join(project, 'vitest.config.ts'))
  cpSync(join(root, 'specs/docs/first.spec.ts'), join(project, 'first.spec.ts'))
  if (existsSync(join(root, '.env'))) cpSync(join(root, '.env'), join(project, '.env'))
  const { VITEST: _, VITEST_POOL_ID: _id, ...env } = process.env
  const run = spawnSync('vitest', ['run'], {
    cwd: project,
    env: { ...env, PATH: `${root}node_modules/.bin:${env.PATH}`, NO_COLOR: '1' },
    encoding: 'utf8',
  })
  expect(run.stdout + run.stderr).toMatch(/Tests {2}2 passed \(2\)/)
  expect(run.status).toBe(0)
})
