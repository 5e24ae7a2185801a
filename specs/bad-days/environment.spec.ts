import { readdirSync, readFileSync } from 'node:fs'
import { vi } from 'vitest'
import { expect, test } from 'vitest-tidb'

/** The environment of each child of this process, by its command line. */
function children(): { readonly command: string; readonly env: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8')
        const stat = read('stat')
        const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
        return parent === String(process.pid) ? [{ command: read('cmdline'), env: read('environ') }] : []
      } catch {
        // It ended meanwhile.
        return []
      }
    })
}

test('no child of this process has its secrets', async ({ startTiDB, skip }) => {
  skip(process.platform !== 'linux', 'reads environments from /proc')
  for (const name of ['TIDB_PASSWORD', 'TIDB_URL', 'AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN']) vi.stubEnv(name, 'hunter2')
  try {
    const { port } = await startTiDB({ provider: 'binary' })
    const seen = children()
    const server = seen.filter(({ command }) => command.includes(`-P\0${port}`))
    const watchdog = seen.filter(({ command }) => command.startsWith('/bin/sh\0-c'))
    expect([server, watchdog]).toEqual([[expect.anything()], [expect.anything()]])
    for (const { env } of seen) {
      expect(env).not.toContain('hunter2')
      expect(env).toContain('PATH=')
    }
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a server can not be started for a test when there is no folder for temporary files', async ({ startTiDB }) => {
  vi.stubEnv('TMPDIR', '/nowhere/at/all')
  try {
    await expect(startTiDB({ provider: 'binary' })).rejects.toThrow(/ENOENT[^]*TMPDIR has to be a folder that exists/)
  } finally {
    vi.unstubAllEnvs()
  }
})
