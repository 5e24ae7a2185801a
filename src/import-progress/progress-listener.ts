import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { ImportProgress } from '../import-jobs/import-record.ts'
import { fromMessage } from './progress-message.ts'

/** Far more than a message takes: who sends longer lines sends something else. */
const MAX_LINE = 64 * 1024

/** Who receives the progress that comes in. */
export interface ProgressAudience {
  /** @param sender which worker it came from: the same value for one worker, another for each other. */
  onProgress(progress: ImportProgress, sender: number): void
  /** A worker is gone, and its jobs are no longer watched. */
  onGone(sender: number): void
}

/** Where the workers' progress comes in. */
export interface ProgressListener {
  /** What `progressSender` takes in a worker. */
  readonly address: string
  close(): Promise<void>
}

/**
 * Listens in the main process for what the workers report of their import jobs. It never keeps the process alive.
 *
 * @param folder where its socket is made: one that only this user may enter, and that is removed after the run. Windows
 *   has named pipes instead, and makes nothing there.
 * @throws what the system says if it can't listen, such as `ENAMETOOLONG`.
 */
export async function listenForProgress(folder: string, audience: ProgressAudience): Promise<ProgressListener> {
  const address =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\vitest-tidb-${randomBytes(16).toString('hex')}`
      : join(folder, 'progress')
  const sockets = new Set<Socket>()
  let senders = 0
  const server = createServer((socket) => {
    const sender = (senders += 1)
    sockets.add(socket)
    socket.unref()
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      audience.onGone(sender)
    })
    onLine(socket, (line) => {
      const progress = fromMessage(line)
      if (progress !== undefined) audience.onProgress(progress, sender)
    })
  })
  server.listen(address).unref()
  await once(server, 'listening')
  return {
    address,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Calls back with each line that comes in, and hangs up on who sends one without an end. */
function onLine(socket: Socket, tell: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) tell(line)
    if (rest.length > MAX_LINE) socket.destroy()
  })
}
