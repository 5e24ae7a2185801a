import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { projectWithPackage } from '../fixtures/installed-package.ts'
import { whyNoBinary } from '../fixtures/local-binary.ts'
import { pairs, report } from './paired.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const ONE_SPEC_MS = 250
const NO_SPEC_MS = 20

const SUM = `import { expect, test } from 'vitest'\n\ntest('a sum', () => {\n  expect(1 + 1).toBe(2)\n})\n`
const WITH_PLUGIN = `import { tidb } from 'vitest-tidb/plugin'\nimport { defineConfig } from 'vitest/config'\n\nexport default defineConfig({ plugins: [tidb()] })\n`
const WITHOUT = `import { defineConfig } from 'vitest/config'\n\nexport default defineConfig({})\n`

/** Time of a whole `vitest run`, from the start of its process to its end, in ms. */
async function run(cwd: string): Promise<number> {
  const { VITEST: _, VITEST_POOL_ID: _id, VITEST_MODE: _mode, ...inherited } = process.env
  const env = { ...inherited, TIDB_PROVIDER: 'binary', NO_COLOR: '1' }
  const started = performance.now()
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], {
    cwd,
    env,
    stdio: 'ignore',
  })
  const status = await new Promise((resolve) => child.once('close', resolve))
  expect(status).toBe(0)
  return performance.now() - started
}

test('whole runs of vitest', { timeout: 300_000 }, async ({ skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  using project = projectWithPackage()
  const folder = (name: string, config: string) => {
    const path = join(project.path, name)
    mkdirSync(path)
    writeFileSync(join(path, 'vitest.config.ts'), config)
    return path
  }
  const alone = folder('alone', WITHOUT)
  writeFileSync(join(alone, 'sum.spec.ts'), SUM)
  const unused = folder('unused', WITH_PLUGIN)
  writeFileSync(join(unused, 'sum.spec.ts'), SUM)
  const used = folder('used', WITH_PLUGIN)
  cpSync(join(root, 'fixtures/projects/passing/select.spec.ts'), join(used, 'select.spec.ts'))

  const one = await pairs(
    () => run(used),
    () => run(alone),
    { rounds: 15, warmup: 2 },
  )
  report('vitest run, one spec on a local server', 'vitest run, an empty test', one, `+${ONE_SPEC_MS} ms`)
  const none = await pairs(
    () => run(unused),
    () => run(alone),
    { rounds: 15, warmup: 2 },
  )
  report('vitest run with the plugin, no TiDB used', 'vitest run, an empty test', none, `+${NO_SPEC_MS} ms`)
  expect(one.difference).toBeLessThanOrEqual(ONE_SPEC_MS)
  expect(none.difference).toBeLessThanOrEqual(NO_SPEC_MS)
})
