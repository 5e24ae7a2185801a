import { TiDBVersion } from '../version.ts'

/** `expect(version).toBeAtLeast('8.5.0')` */
export function toBeAtLeast(received: unknown, wanted: string) {
  const version = typeof received === 'string' ? new TiDBVersion(received) : received
  if (!(version instanceof TiDBVersion)) {
    throw new TypeError(`toBeAtLeast() takes a version from gettingVersion(), or its text, not ${typeof received}`)
  }
  const pass = version.isAtLeast(wanted)
  return {
    pass,
    message: () => `expected TiDB ${version} ${pass ? 'to be older than' : 'to be at least'} ${wanted}`,
    actual: String(version),
    expected: wanted,
  }
}
