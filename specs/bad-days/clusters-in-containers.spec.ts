import { randomUUID } from 'node:crypto'
import { vi } from 'vitest'
import { expect, loadConfig, test } from 'vitest-tidb'
import { docker } from '../../fixtures/docker.ts'
import { leftIn } from '../../fixtures/left-in.ts'
import { runVitest, startVitest } from '../../fixtures/run-vitest.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { nodeImage } from '../../src/server/cluster/images.ts'
import { whyNotAtOnce } from '../../src/server/cluster/prepare.ts'
import { DEFAULT_RELEASE } from '../../src/server/releases.ts'
import { whyNoDocker } from '../../src/server/docker.ts'

// A cluster in containers that does not start names the part that failed; one that is killed leaves no container behind.

const RUN = { timeout: 180_000 }
const WAIT = { timeout: 60_000, interval: 100 }
const CLUSTER = { TIDB_PROVIDER: 'cluster', TIDB_CLUSTER_PROVIDER: 'container', TIDB_CLUSTER_NODES: '1' }
const { config } = loadConfig()

test('an engine that is not there is missed by name', RUN, async () => {
  using temp = tempFolder()
  const env = { ...CLUSTER, DOCKER_HOST: `unix://${temp.path}/no-docker.sock`, TMPDIR: temp.path }
  const { status, output } = await runVitest('passing', { env })
  expect(output).toContain('there is no Docker engine')
  expect(status).toBe(1)
  expect(leftIn(temp.path)).toEqual([])
})

test('an image that is nowhere is named', RUN, async ({ skip }) => {
  const why = await whyNoDocker()
  skip(why !== undefined, why)
  using temp = tempFolder()
  const env = { ...CLUSTER, TIDB_VERSION: 'v0.0.1', TMPDIR: temp.path }
  const { status, output } = await runVitest('passing', { env })
  expect(output).toContain("this machine does not have the image pingcap/pd:v0.0.1, and it can't be pulled")
  expect(status).toBe(1)
  expect(leftIn(temp.path)).toEqual([])
})

test('a node that ends at once is told with what it said', RUN, async ({ skip }) => {
  const why = await whyNotAtOnce(config, [DEFAULT_RELEASE], 'container')
  skip(why !== undefined, why)
  using temp = tempFolder()
  const env = { ...CLUSTER, TIDB_SERVER_ARGS: '-no-such-flag', TMPDIR: temp.path }
  const { status, output } = await runVitest('passing', { env })
  expect(output).toMatch(/node 0 \(tidb-server v[\d.]+\) ended with status 2 before it answered\n\s+\S/)
  expect(status).toBe(1)
  expect(leftIn(temp.path)).toEqual([])
})

test('vitest killed beside a cluster in containers', RUN, async ({ skip }) => {
  const why = await whyNotAtOnce(config, [DEFAULT_RELEASE], 'container')
  skip(why !== undefined, why)
  using temp = tempFolder()
  // By a name of its own, its containers are told from those of others.
  const image = `vitest-tidb-spec:${randomUUID()}`
  await docker('tag', nodeImage(config, DEFAULT_RELEASE), image)
  try {
    const run = startVitest('sleeping', { env: { ...CLUSTER, TIDB_IMAGE: image, TMPDIR: temp.path } })
    const label = await vi.waitUntil(async () => {
      const lines = await docker('ps', '--format', '{{.Image}} {{.Label "vitest-tidb.run"}}')
      return lines.find((line) => line.startsWith(image))?.split(' ')[1]
    }, WAIT)
    run.child.kill('SIGKILL')
    await run.ended
    const filter = `label=vitest-tidb.run=${label}`
    const remains = async () => [
      ...(await docker('ps', '--all', '--quiet', '--filter', filter)),
      ...(await docker('network', 'ls', '--quiet', '--filter', filter)),
    ]
    await vi.waitUntil(async () => (await remains()).length === 0 && leftIn(temp.path).length === 0, WAIT)
  } finally {
    await docker('rmi', image)
  }
})
