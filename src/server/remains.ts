/** Something that must not outlive a run. */
export type Remains =
  /** A process, with its group if that is its own. */
  | { readonly kind: 'process'; readonly pid: number; readonly startTime: string | undefined; readonly group?: boolean }
  | { readonly kind: 'folder'; readonly path: string }
  /** Every container with this label. */
  | { readonly kind: 'containers'; readonly label: string }
  /** Every database whose name begins with this prefix. */
  | { readonly kind: 'databases'; readonly prefix: string; readonly address: RemainsAddress }

/** A server, with the password in the clear: it travels to the watchdog through a pipe, and nowhere else. */
export interface RemainsAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}
