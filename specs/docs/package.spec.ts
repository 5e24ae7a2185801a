import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { projectWithPackage } from '../../fixtures/installed-package.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

// The README's start for users of the package, done to the letter, in a folder with a space in its name.
test('the compiled package runs the first spec of the README', { timeout: 120_000 }, () => {
  using folder = projectWithPackage()
  const project = folder.path
  cpSync(join(root, 'fixtures/projects/package/vitest.config.ts'), join(project, 'vitest.config.ts'))
  cpSync(join(root, 'specs/docs/first.spec.ts'), join(project, 'first.spec.ts'))
  const { VITEST: _, VITEST_POOL_ID: _id, ...env } = process.env
  const run = spawnSync('vitest', ['run'], {
    cwd: project,
    env: { ...env, PATH: `${root}node_modules/.bin:${env.PATH}`, NO_COLOR: '1' },
    encoding: 'utf8',
  })
  expect(run.stdout + run.stderr).toMatch(/Tests {2}2 passed \(2\)/)
  expect(run.status).toBe(0)
})
