import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { alive } from '../../fixtures/alive.ts'
import { runnable } from '../../fixtures/runnable.ts'

const WAIT = { timeout: 15_000, interval: 20 }

// A parent that starts a child and a folder, has both watched, lets go of a second folder, and is then killed.
const PARENT = `
const { spawn } = await import('node:child_process')
const { Watchdog } = await import(${JSON.stringify(await runnable('src/server/watchdog.ts'))})
const { startTimeOf } = await import(${JSON.stringify(await runnable('src/server/process-identity.ts'))})
const watchdog = Watchdog.ofProcess()
const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
watchdog.watch({ kind: 'process', pid: child.pid, startTime: startTimeOf(child.pid) })
watchdog.watch({ kind: 'folder', path: process.argv[1] + '/vitest-tidb-watched' })
watchdog.watch({ kind: 'folder', path: process.argv[1] + '/released' })()
console.log(child.pid)
setInterval(() => undefined, 1000)
`

test.runIf(process.platform === 'linux')(
  'what is watched is gone soon after its process was killed, and what was released stays',
  { timeout: 30_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-watchdog-'))
    try {
      for (const name of ['vitest-tidb-watched', 'released']) mkdirSync(join(folder, name))
      const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const pid = await new Promise<number>((resolve) =>
        parent.stdout.once('data', (text: Buffer) => resolve(Number(text))),
      )
      expect(alive(pid)).toBe(true)
      parent.kill('SIGKILL')
      await vi.waitUntil(() => !existsSync(join(folder, 'vitest-tidb-watched')), WAIT)
      await vi.waitUntil(() => !alive(pid), WAIT)
      expect(existsSync(join(folder, 'released'))).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
