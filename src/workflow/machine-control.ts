import type { Config } from '../config/config.ts'
import type { Address, TiDBConnection } from '../connection/connection.ts'

/** Writes what a state learned into the machine: for the states that parse the configuration and connect. */
export interface MachineControl {
  /** False once there is a configuration or a connection. */
  readonly isFresh: boolean
  /** Whether connections are taken from others, and given on to others. */
  readonly reusesConnections: boolean
  /** A connection to that address that is open already and as good as new; undefined if there is none. */
  takeConnection(address: Address): TiDBConnection | undefined
  setConfig(config: Config): void
  setConnection(connection: TiDBConnection): void
}
