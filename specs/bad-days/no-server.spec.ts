import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pathWithoutGo } from '../../fixtures/path-without-go.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

const RUN = { timeout: 180_000 }

function runWithout(folder: string, { go, ...env }: NodeJS.ProcessEnv & { go?: string }) {
  return runVitest('passing', {
    env: {
      PATH: pathWithoutGo(folder, go),
      TIDB_PROVIDER: 'auto',
      TIDB_CACHE_DIR: join(folder, 'cache'),
      TIDB_SERVER_BIN: '',
      TIDB_VERSION: '',
      HOME: folder,
      DOCKER_HOST: `unix://${folder}/no-docker.sock`,
      ...env,
    },
  })
}

test('none is possible: each way is listed, why not here, and how to make it work', RUN, async () => {
  using folder = tempFolder()
  const { status, output } = await runWithout(folder.path, {})
  expect(status).toBe(1)
  expect(output).toContain('no TiDB could be found or started here:')
  expect(output).toContain('host: TIDB_HOST is not set')
  expect(output).toContain('container: there is no Docker engine')
  expect(output).toContain("binary: tidb-server v8.5.6 can't be built: there is no Go on PATH")
  expect(output.match(/try: /g)?.length).toBeGreaterThanOrEqual(3)
})

test('a build that fails half way is told with what Go said, and leaves nothing', RUN, async () => {
  using folder = tempFolder()
  const go = 'if [ "$1" = env ]; then echo go1.26.8; exit; fi; echo "runtime/cgo: gcc is missing" >&2; exit 2'
  const { status, output } = await runWithout(folder.path, { TIDB_PROVIDER: 'binary', go })
  expect(status).toBe(1)
  expect(output).toContain('the build of tidb-server v8.5.6 failed (status 2)')
  expect(output).toContain('runtime/cgo: gcc is missing')
  expect(readdirSync(join(folder.path, 'cache', 'tidb-server', 'v8.5.6'))).toEqual([])
})

test('a build that takes too long is ended', RUN, async () => {
  using folder = tempFolder()
  const go = 'if [ "$1" = env ]; then echo go1.26.8; exit; fi; exec cat >/dev/null <&2'
  const env = { TIDB_PROVIDER: 'binary', TIDB_BUILD_TIMEOUT_MS: '300', go }
  const { status, output } = await runWithout(folder.path, env)
  expect(status).toBe(1)
  expect(output).toContain('waited 300 ms for tidb-server v8.5.6 to be built')
  expect(readdirSync(join(folder.path, 'cache', 'tidb-server', 'v8.5.6'))).toEqual([])
})

test('a Go that is too old is told', RUN, async () => {
  using folder = tempFolder()
  const { output } = await runWithout(folder.path, { TIDB_PROVIDER: 'binary', go: 'echo go1.20.1' })
  expect(output).toContain("can't be built by Go 1.20.1: it needs 1.21 or newer")
})

test("a cache folder that can't be written is told", RUN, async () => {
  using folder = tempFolder()
  const file = join(folder.path, 'file')
  writeFileSync(file, '')
  // Below a file no folder can be made, not even by root.
  const { status, output } = await runWithout(folder.path, {
    TIDB_PROVIDER: 'binary',
    TIDB_CACHE_DIR: join(file, 'cache'),
    go: 'echo go1.26.8',
  })
  expect(status).toBe(1)
  expect(output).toMatch(/the cache folder .* can't be written/)
  expect(output).toContain('set TIDB_CACHE_DIR to a folder that is')
})

test('a release that nobody knows how to build is told', RUN, async () => {
  using folder = tempFolder()
  const { output } = await runWithout(folder.path, { TIDB_PROVIDER: 'binary', TIDB_VERSION: 'v7.1.0' })
  expect(output).toContain("tidb-server v7.1.0 can't be built here")
  expect(output).toContain('v8.5.6 or v8.5.4')
})

test('a binary that is none is told', RUN, async () => {
  using folder = tempFolder()
  const { status, output } = await runWithout(folder.path, {
    TIDB_PROVIDER: 'binary',
    TIDB_SERVER_BIN: join(folder.path, 'nothing'),
  })
  expect(status).toBe(1)
  expect(output).toContain('which is not a program')
})

test('a binary that ends at once is told with what it said', RUN, async () => {
  using folder = tempFolder()
  const fake = join(folder.path, 'tidb-server')
  writeFileSync(fake, '#!/bin/sh\necho "this is no database"\nexit 3\n')
  chmodSync(fake, 0o755)
  const { status, output } = await runWithout(folder.path, { TIDB_PROVIDER: 'binary', TIDB_SERVER_BIN: fake })
  expect(status).toBe(1)
  expect(output).toContain('tidb-server ended with status 3 before it answered')
  expect(output).toContain('this is no database')
})

test('a container that was asked for by name is never replaced', RUN, async () => {
  using folder = tempFolder()
  const { status, output } = await runWithout(folder.path, { TIDB_PROVIDER: 'container' })
  expect(status).toBe(1)
  expect(output).toContain('there is no Docker engine')
  expect(output).not.toContain('tidb-server')
})
