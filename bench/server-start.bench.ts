import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { whyNoBinary } from '../fixtures/local-binary.ts'
import { loadConfig, type Config } from '../src/config/config.ts'
import { presentBinary, startBinary } from '../src/server/binary.ts'
import { startContainer } from '../src/server/container.ts'
import { TiDBProcess } from '../src/server/tidb-process.ts'
import { Watchdog } from '../src/server/watchdog.ts'
import { pairs, report } from './paired.ts'

const LIMIT = 0.2

async function timed(start: () => Promise<() => Promise<void>>): Promise<number> {
  const started = performance.now()
  const stop = await start()
  const took = performance.now() - started
  await stop()
  return took
}

const fromTemplate = (config: Config) => () =>
  timed(async () => {
    const server = await startBinary(config, {})
    return () => server.stop()
  })

test(
  'a local server from its template, against the same binary on an empty folder',
  { timeout: 120_000 },
  async ({ skip }) => {
    const why = await whyNoBinary()
    skip(why !== undefined, why)
    const { config } = loadConfig()
    const binary = (await presentBinary(config))?.path ?? ''
    const bare = () =>
      timed(async () => {
        const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-bench-'))
        const options = { serverArgs: [], serverConfig: undefined, startTimeoutMs: 60_000 }
        const server = await TiDBProcess.start({ binary, folder, ...options, watchdog: Watchdog.ofProcess() })
        return async () => {
          await server.stop()
          rmSync(folder, { recursive: true, force: true })
        }
      })
    const result = await pairs(fromTemplate(config), bare, { rounds: 15, warmup: 1 })
    report('local server from its template', 'the same binary on an empty folder', result, `≤ ${LIMIT}`)
    expect(result.ratio).toBeLessThanOrEqual(LIMIT)
  },
)

test('a local server from its template, against the container', { timeout: 300_000 }, async ({ skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  const { config } = loadConfig()
  const container = () =>
    timed(async () => {
      const server = await startContainer(config, {})
      return () => server.stop()
    })
  try {
    await container()
  } catch (error) {
    skip(`needs a Docker engine with the image: ${(error as Error).message}`)
  }
  const result = await pairs(fromTemplate(config), container, { rounds: 7, warmup: 1 })
  report('local server from its template', 'a container of the same release', result, `≤ ${LIMIT}`)
  expect(result.ratio).toBeLessThanOrEqual(LIMIT)
})
