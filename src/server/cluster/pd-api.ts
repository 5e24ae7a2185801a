import { ask, until } from '../http-api.ts'

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
