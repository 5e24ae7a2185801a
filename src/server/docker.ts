import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ServerError } from '../errors.ts'

const ANSWERS_WITHIN_MS = 1_000

/**
 * Whether a Docker engine seems to be there, by the places that testcontainers looks in. Without testcontainers
 * itself, which takes 300 ms to load: a machine without Docker pays nothing.
 *
 * @returns undefined if one is; else why not.
 */
export async function whyNoDocker(): Promise<string | undefined> {
  const configured = process.env.DOCKER_HOST ?? propertiesHost()
  if (configured !== undefined && !configured.startsWith('unix://')) return undefined
  const sockets = configured !== undefined ? [configured.slice('unix://'.length)] : defaultSockets()
  const there = sockets.filter((socket) => existsSync(socket))
  if (there.length === 0) return 'there is no Docker engine (no socket, no DOCKER_HOST)'
  for (const socket of there) if (await answers(socket)) return undefined
  return `the Docker engine does not answer at ${there.join(', ')}`
}

/** @throws {ServerError} if no Docker engine seems to be there. */
export async function requireDocker(): Promise<void> {
  const why = await whyNoDocker()
  if (why !== undefined) throw new ServerError(why, { hints: ['start a Docker engine, or set DOCKER_HOST'] })
}

/** Where an engine listens without any configuration; a rootless one in the folder of its user's session. */
export function defaultSockets(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.()): string[] {
  const { XDG_RUNTIME_DIR } = env
  return [
    '/var/run/docker.sock',
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'docker.sock')] : []),
    join(homedir(), '.docker', 'run', 'docker.sock'),
    join(homedir(), '.docker', 'desktop', 'docker.sock'),
    // Services, cron and sudo have no XDG_RUNTIME_DIR.
    ...(uid === undefined ? [] : [join('/run/user', String(uid), 'docker.sock')]),
  ]
}

function propertiesHost(): string | undefined {
  try {
    const text = readFileSync(join(homedir(), '.testcontainers.properties'), 'utf8')
    return /^\s*(?:tc|docker)\.host\s*=\s*(\S+)/m.exec(text)?.[1]
  } catch {
    return undefined
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: ANSWERS_WITHIN_MS })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('timeout', () => settle(false))
  })
}
