import type { Settings } from '../config/settings.ts'
import type { KeptServer } from './kept-server.ts'

/** What a keeper is asked, as one line on its standard input. The line `keep` follows once its server has been noted as up. */
export interface KeeperTask {
  readonly kept: KeptServer
  readonly settings: Settings
}

export const KEEP = 'keep'

/** What a keeper says, a line each, until its server is up or could not be started. */
export type KeeperMessage = { readonly progress: string } | { readonly up: KeptServer } | { readonly failed: string }
