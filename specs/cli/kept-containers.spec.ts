import { expect, test as base } from 'vitest-tidb'
import { docker } from '../../fixtures/docker.ts'
import { runCli } from '../../fixtures/run-cli.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

const RUN = { timeout: 240_000 }
const IMAGES = ['tidb', 'pd', 'tikv'].map((name) => `pingcap/${name}:v8.5.6`)

/** A user of one's own, who has the images under the prefix of another registry only. */
const test = base.extend('user', async ({ skip }, { onCleanup }) => {
  const there = await docker('image', 'inspect', '--format', '{{.Id}}', ...IMAGES).catch(() => [])
  skip(there.length < IMAGES.length, `needs the images ${IMAGES.join(', ')}`)
  const prefix = 'elsewhere.test'
  for (const image of IMAGES) await docker('tag', image, `${prefix}/${image}`)
  const folder = tempFolder()
  const env = { XDG_CACHE_HOME: folder.path, TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX: prefix }
  const run = (...args: string[]) => runCli([...args], env)
  // By the name that they were started by: those of other specs have the same image under another.
  const containers = async () => {
    const all = await docker('ps', '--filter', 'label=vitest-tidb.run', '--format', '{{.ID}} {{.Image}}')
    return all.flatMap((line) => (line.includes(` ${prefix}/`) ? [line.split(' ', 1)[0] ?? ''] : []))
  }
  onCleanup(async () => {
    for (const kind of ['server', 'cluster']) {
      await run(kind, 'stop')
      await run(kind, 'clean')
    }
    await docker('rmi', ...IMAGES.map((image) => `${prefix}/${image}`))
    folder[Symbol.dispose]()
  })
  return { run, containers }
})

test(
  'a server and a cluster are kept in containers, and one whose container ended has failed',
  RUN,
  async ({ user }) => {
    const start = await user.run('cluster', 'start', '--provider', 'container', '--nodes', '2', '--ttl', '5m')
    expect(start.stderr).not.toContain('try:')
    expect(start.status).toBe(0)
    expect(await user.containers()).toHaveLength(4)
    expect((await user.run('cluster', 'list')).stdout).toMatch(/^cluster {2}up {2}mysql:\S+ and 1 more /)
    expect((await user.run('cluster', 'logs', '--node', '1', '--lines', '1')).stdout).toMatch(/^\[20/)
    expect((await user.run('cluster', 'stop')).status).toBe(0)

    await user.run('server', 'start', 'mine', '--provider', 'container', '--ttl', '5m')
    expect((await user.run('server', 'list')).stdout).toMatch(/^mine {2}up /)
    const [container = ''] = await user.containers()
    await docker('kill', container)
    expect((await user.run('server', 'list')).stdout).toMatch(/^mine {2}failed /)
    expect((await user.run('server', 'clean')).stdout).toBe('cleaned: mine\n')
    expect(await user.containers()).toEqual([])
  },
)
