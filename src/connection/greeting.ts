import type { Connection as DriverConnection } from 'mysql2'
import { clearTimeout, setTimeout } from '../clock.ts'
import { aborted, DeadlineError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import type { Address } from './connection.ts'
import { redactError } from './redact-error.ts'
import { hintsOfSilence } from './started-servers.ts'

/**
 * Waits for the server's greeting, for its word on the credentials, and for what has to be done then at once.
 *
 * @param follow done within the same deadline. @throws the driver's error, AbortedError, or DeadlineError if the server did
 *   not greet in time: whoever dialled then destroys the connection.
 */
export function greeted(
  driver: DriverConnection,
  { host, port, connectTimeoutMs }: Address,
  signal: AbortSignal | undefined,
  follow?: () => Promise<void>,
): Promise<void> {
  const place = () => hostPort(host, port)
  return new Promise<void>((resolve, reject) => {
    const settle = (error?: unknown) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      if (error === undefined) return resolve()
      redactError(error, '')
      reject(error)
    }
    const onAbort = () => settle(aborted(`connecting to ${place()}`, signal as AbortSignal, place()))
    const timer = setTimeout(() => {
      const host = place()
      settle(new DeadlineError(`the greeting of ${host}`, connectTimeoutMs, { host, hints: hintsOfSilence(host) }))
    }, connectTimeoutMs)
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    driver.once('error', settle)
    driver.once('connect', () => {
      if (follow === undefined) settle()
      else follow().then(() => settle(), settle)
    })
  })
}
