import { createHash } from 'node:crypto'
import type { Address } from './connection.ts'

/** By value, so that the same files read twice are the same; digests of secrets, so that no key holds one. */
const digests = new WeakMap<object, string>()

function digest(owner: object, parts: readonly (string | undefined)[]): string {
  let known = digests.get(owner)
  if (known === undefined) {
    known = createHash('sha256').update(JSON.stringify(parts)).digest('base64')
    digests.set(owner, known)
  }
  return known
}

/** Tells apart dials that may reach a server differently: by place, by what TLS shows and accepts, by how long they wait. */
export function routeKey({ host, port, tlsMaterial, connectTimeoutMs }: Address): string {
  const tls = tlsMaterial && digest(tlsMaterial, [tlsMaterial.ca, tlsMaterial.cert, tlsMaterial.key?.reveal()])
  return JSON.stringify([host, port, connectTimeoutMs, tls ?? 'in clear'])
}

/** Tells apart dials that may end differently, or in another session: by route and credentials. */
export function dialKey(address: Address): string {
  const { user, password } = address
  return `${routeKey(address)} ${JSON.stringify(user)} ${digest(password, [password.reveal()])}`
}
