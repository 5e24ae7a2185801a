import type * as Semver from 'semver'
import { WorkflowError } from './errors.ts'
import { lazyPackage } from './lazy-package.ts'

const semver = lazyPackage<typeof Semver>('semver')

let lastParsed: { readonly report: string; readonly version: TiDBVersion } | undefined

/** A release of TiDB, as the server reports it. Prints as `v8.5.6`. */
export class TiDBVersion {
  /** Such as `v8.5.6` or `v9.0.0-beta.2`. */
  readonly release: string
  readonly edition: string
  readonly commit: string
  /** Storage engine: `tikv` in a cluster, `unistore` in a local server. */
  readonly store: string
  #semver: Semver.SemVer | null | undefined

  constructor(release: string, details: { edition?: string; commit?: string; store?: string } = {}) {
    this.release = release
    this.edition = details.edition ?? ''
    this.commit = details.commit ?? ''
    this.store = details.store ?? ''
  }

  /**
   * Reads what `SELECT TIDB_VERSION()` returns.
   *
   * @throws {WorkflowError} if it names no release.
   */
  static parse(report: string): TiDBVersion {
    // A thousand sessions on one server read the same report.
    if (report === lastParsed?.report) return lastParsed.version
    const lines = new Map(report.split('\n').map((text) => split(text)))
    const line = (name: string) => lines.get(name)
    const release = line('Release Version')
    if (release === undefined) {
      throw new WorkflowError(`TIDB_VERSION() names no release: ${JSON.stringify(report.slice(0, 200))}`)
    }
    const details = { edition: line('Edition'), commit: line('Git Commit Hash'), store: line('Store') }
    const version = new TiDBVersion(release, details as { edition: string; commit: string; store: string })
    lastParsed = { report, version }
    return version
  }

  /**
   * Whether this is that release or a later one. A pre-release comes before its release.
   *
   * @throws {WorkflowError} if either is not a version, such as the `None` of a build without one.
   * @example version.isAtLeast('8.5.0')
   */
  isAtLeast(other: string): boolean {
    const { gte, parse } = semver()
    const wanted = parse(other)
    if (wanted === null) throw new WorkflowError(`${JSON.stringify(other)} is not a version such as 8.5.0`)
    this.#semver ??= parse(this.release)
    if (this.#semver === null) throw new WorkflowError(`the server reports ${this.release}, which is not a version`)
    return gte(this.#semver, wanted)
  }

  toString(): string {
    return this.release
  }

  toJSON(): string {
    return this.release
  }
}

function split(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
