/** What it takes to build a release of tidb-server: its go.mod is tidb-server/<release>/go.mod of this package. */
export interface Release {
  /** Git commit of the release, which the server reports as its own. */
  readonly commit: string
  /** GOTOOLCHAIN for the build: `auto` is the installed Go, or a newer one if that is too old. */
  readonly toolchain: string
}

export const DEFAULT_RELEASE = 'v8.5.6'

/** Go has fetched other toolchains by name from this release on. https://go.dev/doc/toolchain */
export const OLDEST_GO = [1, 21] as const

export const releases: Readonly<Record<string, Release>> = {
  // Built by another minor version of Go it panics at start: "The hack package only supports go1.25".
  'v8.5.6': { commit: 'ae18096e0237', toolchain: 'go1.25.8' },
  'v8.5.4': { commit: 'e4e814fdc0af', toolchain: 'auto' },
}
