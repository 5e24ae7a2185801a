/** Where Kubernetes, and Docker's links, say that a service or container named tidb, tidb-pd and so on is. */
const NAMES = /^TIDB_(?:\w+_)?(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$|^TIDB_ENV_/
const ADDRESS = /^(?:tcp|udp|sctp):\/\/[\w.:[\]-]+:\d+$/
const LINK = /^\/[\w.-]+\/[\w.-]+$/

/**
 * Whether a variable is one that Kubernetes or a Docker link injected, rather than one that somebody set.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function isInjected(name: string, value: string): boolean {
  if (NAMES.test(name)) return true
  if (/^TIDB_(?:\w+_)?PORT$/.test(name)) return ADDRESS.test(value)
  return /^TIDB_(?:\w+_)?NAME$/.test(name) && LINK.test(value)
}
