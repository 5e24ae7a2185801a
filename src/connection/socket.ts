import type { Socket } from 'node:net'
import type { Connection } from 'mysql2'

/** The socket below a connection of the driver. */
export function socketOf(driver: Connection): Socket {
  return (driver as unknown as { readonly stream: Socket }).stream
}

/** Whether what travels is encrypted, by the socket's own account. */
export function isEncrypted(driver: Connection): boolean {
  return (socketOf(driver) as { readonly encrypted?: boolean }).encrypted === true
}
