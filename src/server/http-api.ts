import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { delay } from '../clock.ts'

const POLL_EVERY_MS = 10
/** How long one question may take to be answered, in ms. */
const ANSWER_WITHIN_MS = 2_000

/** Polls until something holds, or nobody wants to know any more. */
export async function until(over: AbortSignal, holds: () => Promise<boolean>): Promise<void> {
  // Until it listens, and has a leader, it refuses: whoever waits for it has the deadline.
  while (!over.aborted && !(await holds().catch(() => false))) await delay(POLL_EVERY_MS)
}

/** What is asked by another method than GET: with a body by POST. */
interface Asked {
  readonly body?: object
  readonly method?: 'DELETE'
}

/** Asks the HTTP API of a program that this run started, which answers in JSON. By Node's own client: tests replace the global fetch. */
export async function ask(
  place: string,
  path: string,
  over?: AbortSignal,
  { body, method }: Asked = {},
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const within = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const signal = over === undefined ? within : AbortSignal.any([over, within])
  const how = { method: method ?? (body === undefined ? 'GET' : 'POST'), signal, agent: false }
  request(`http://${place}${path}`, how, (response) => {
    text(response)
      .then((said) => (said === '' ? undefined : (JSON.parse(said) as unknown)))
      .then(resolve, reject)
  })
    .once('error', reject)
    .end(body && JSON.stringify(body))
  return promise
}
