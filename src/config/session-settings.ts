import type { Settings } from './settings.ts'

/** Settings of one session that differ from the run's. */
export type SessionSettings = Settings & {
  /**
   * The node of a cluster that it connects to: its place among those of the run's cluster, from 0, or a node of a cluster
   * of the test's own.
   */
  readonly node?: number | { readonly settings: Settings } | undefined
}

/** For a server without TLS, whatever the run's own has. */
export const NO_TLS = { tls: false, tlsCa: undefined, tlsCert: undefined, tlsKey: undefined } as const

/** Settings that say where a node is. @param numbered settings of a node of the run. */
export function onNode({ node, ...settings }: SessionSettings, numbered: (node: number) => Settings): Settings {
  if (node === undefined) return settings
  return { ...(typeof node === 'number' ? numbered(node) : node.settings), ...settings }
}
