import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { delay } from '../clock.ts'
import { ServerError } from '../errors.ts'

/** What a server listens on: for its clients, and for its status API or its peers. */
export type Ports = readonly [number, number]

/** Where servers that this run starts listen. */
export const HOST = '127.0.0.1'
const LOWEST = 12_000
const TRIES = 200
const POLL_EVERY_MS = 3

/**
 * Two ports that are free now, below those that the system gives to outgoing connections: so nothing takes one by chance,
 * and a server that is started again finds its own still free. The server itself says if another took one since.
 *
 * @throws {ServerError} if none are free.
 */
export async function freePorts(): Promise<Ports> {
  const below = firstOutgoing()
  const found = new Set<number>()
  for (let tries = 0; found.size < 2; tries += 1) {
    if (tries > TRIES) throw new ServerError(`no free ports were found between ${LOWEST} and ${below}`)
    const port = LOWEST + Math.floor(Math.random() * (below - LOWEST))
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  const [first = 0, second = 0] = found
  return [first, second]
}

/** The first port that the system gives to outgoing connections. */
function firstOutgoing(): number {
  try {
    const first = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10)
    return first > LOWEST + 1_000 ? first : 32_768
  } catch {
    // Not on Linux: both macOS and Windows begin above that.
    return 32_768
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false)).listen(port, HOST, () => server.close(() => resolve(true)))
  })
}

/** Resolves once something listens on a port, or nobody wants to know any more. */
export async function listensOn(port: number, over: AbortSignal): Promise<void> {
  while (!over.aborted && !(await accepts(port))) await delay(POLL_EVERY_MS)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST)
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
  })
}
