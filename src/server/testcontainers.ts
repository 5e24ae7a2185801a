import type * as Testcontainers from 'testcontainers'
import { ServerError } from '../errors.ts'
import { isNotInstalled } from '../optional-package.ts'

/**
 * testcontainers, an optional peer: three quarters of all packages, for those who start containers only.
 *
 * @throws {ServerError} if it is not installed, or this Node is too old for it.
 */
export async function loadTestcontainers(): Promise<typeof Testcontainers> {
  try {
    return await import('testcontainers')
  } catch (cause) {
    if (!isNotInstalled(cause, 'testcontainers')) {
      const what = `testcontainers can't be loaded by Node ${process.version}: ${(cause as Error).message}`
      throw new ServerError(what, { hints: ['its release 12 needs Node 22.22: npm i -D testcontainers@11'], cause })
    }
    throw new ServerError('the package testcontainers, which starts containers, is not installed', {
      hints: ['npm i -D testcontainers'],
      cause,
    })
  }
}

/** How much of what goes without the reaper is under way, and what was set before the first of it. */
let under = 0
let before: string | undefined

/** Our watchdog removes what is started, so that testcontainers' reaper, and its image, are not needed. */
export async function withoutReaper<T>(work: () => Promise<T>): Promise<T> {
  if (under === 0) before = process.env.TESTCONTAINERS_RYUK_DISABLED
  under += 1
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  try {
    return await work()
  } finally {
    under -= 1
    if (under === 0) {
      if (before === undefined) delete process.env.TESTCONTAINERS_RYUK_DISABLED
      else process.env.TESTCONTAINERS_RYUK_DISABLED = before
    }
  }
}
