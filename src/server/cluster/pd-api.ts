import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { delay } from '../../clock.ts'

const POLL_EVERY_MS = 10
/** How long one question may take to be answered, in ms. */
const ANSWER_WITHIN_MS = 2_000

interface Members {
  readonly leader?: { readonly name?: string }
}

interface Stores {
  readonly stores?: readonly { readonly store: { readonly address: string; readonly state_name: string } }[]
}

/**
 * Resolves once the PD at this address leads, or nobody wants to know any more.
 *
 * @param data where it keeps its data: another PD that has taken its port has another place.
 */
export function pdLeads(pd: string, data: string, over: AbortSignal): Promise<void> {
  return until(over, async () => {
    const { leader } = (await ask(pd, '/pd/api/v1/members', over)) as Members
    if (leader?.name === undefined) return false
    const config = (await ask(pd, '/pd/api/v1/config', over)) as { readonly 'data-dir'?: string }
    return config['data-dir'] === data
  })
}

/** Resolves once PD has the store of this address as up. */
export function storeIsUp(pd: string, address: string, over: AbortSignal): Promise<void> {
  return until(over, async () => {
    const { stores } = (await ask(pd, '/pd/api/v1/stores', over)) as Stores
    return stores?.some(({ store }) => store.address === address && store.state_name === 'Up') === true
  })
}

/** Polls until something holds, or nobody wants to know any more. */
export async function until(over: AbortSignal, holds: () => Promise<boolean>): Promise<void> {
  // Until it listens, and has a leader, it refuses: whoever waits for it has the deadline.
  while (!over.aborted && !(await holds().catch(() => false))) await delay(POLL_EVERY_MS)
}

/** Asks the HTTP API of a PD or a node; with a body by POST. By Node's own client: tests replace the global fetch. */
export async function ask(place: string, path: string, over?: AbortSignal, body?: object): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const within = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const signal = over === undefined ? within : AbortSignal.any([over, within])
  const method = body === undefined ? 'GET' : 'POST'
  request(`http://${place}${path}`, { method, signal, agent: false }, (response) => {
    json(response).then(resolve, reject)
  })
    .once('error', reject)
    .end(body && JSON.stringify(body))
  return promise
}
