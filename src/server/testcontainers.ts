import type * as Testcontainers from 'testcontainers'
import { ServerError } from '../errors.ts'
import { isNotInstalled } from '../optional-package.ts'

/**
 * testcontainers, an optional peer: three quarters of all packages, for those who start containers only.
 *
 * @throws {ServerError} if it is not installed.
 */
export async function loadTestcontainers(): Promise<typeof Testcontainers> {
  try {
    return await import('testcontainers')
  } catch (cause) {
    if (!isNotInstalled(cause, 'testcontainers')) throw cause
    throw new ServerError('the package testcontainers, which starts containers, is not installed', {
      hints: ['npm i -D testcontainers'],
      cause,
    })
  }
}
