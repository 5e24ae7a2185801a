import { spawn } from 'node:child_process'

export interface RunningCommand {
  /** Standard output and error so far, as they came. */
  readonly output: () => string
  readonly ended: Promise<{ readonly status: number | null; readonly output: string }>
  /** Ends it, with whatever it started. */
  readonly kill: () => Promise<unknown>
}

interface CommandOptions {
  readonly cwd: string
  /** The whole environment: nothing is inherited, as in cron or a container. */
  readonly env: NodeJS.ProcessEnv
}

/** Starts a command as whoever schedules it would. */
export function startCommand([command = '', ...args]: readonly string[], { cwd, env }: CommandOptions): RunningCommand {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  const onData = (chunk: Buffer) => (output += chunk.toString())
  child.stdout.on('data', onData)
  child.stderr.on('data', onData)
  const ended = new Promise<{ status: number | null; output: string }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
  })
  // Whoever awaits it later is told.
  ended.catch(() => undefined)
  const kill = () => {
    // A shell and npm have children of their own: its group is told.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    return ended.catch(() => undefined)
  }
  return { output: () => output, ended, kill }
}
