import type * as Semver from 'semver'
import { knownOptions, printable } from '../argument.ts'
import { ConfigError } from '../errors.ts'
import { lazyPackage } from '../lazy-package.ts'

const semver = lazyPackage<typeof Semver>('semver')

/** What a test needs of the server of its run. Each may be left out; all that are given must hold. */
export interface Requirements {
  /** A range of releases, as npm has them: `>=8.5`, `^8.5.4`, `7.5 || >=8.1`. `>=8.5` includes pre-releases of 8.5.0, `>=8.5.0` does not. */
  readonly version?: string
  /** The storage engine. */
  readonly storage?: 'tikv' | 'unistore'
  /** At least so many tidb-servers in the cluster, by its own list. */
  readonly nodes?: number
  /** `true`: there is a TiFlash; `false`: there is none. */
  readonly tiflash?: boolean
  /** One or several that the run's user has on `*.*`; those of default roles count. */
  readonly privilege?: string | readonly string[]
  /** `true`: `IMPORT INTO` can ingest, for which there has to be a TiKV. */
  readonly ingest?: boolean
  /** `true`: the run started the server, so that its global state may be changed. */
  readonly ours?: boolean
  /** No requirement: a few words for the reason, on what the test does that needs it. */
  readonly because?: string
}

const isFlag = (value: unknown) => typeof value === 'boolean'
const isText = (value: unknown) => typeof value === 'string' && value.trim() !== ''
const isRange = (value: unknown) => typeof value === 'string' && semver().validRange(value) !== null

/** What each may be, in words, and whether a value is. */
const allowed: Record<keyof Requirements, readonly [words: string, usable: (value: unknown) => boolean]> = {
  version: ["a range of versions such as '>=8.5'", isRange],
  storage: ["'tikv' or 'unistore'", (value) => value === 'tikv' || value === 'unistore'],
  nodes: ['a whole number above 0', (value) => Number.isSafeInteger(value) && Number(value) > 0],
  tiflash: ['true or false', isFlag],
  privilege: ["a privilege such as 'SUPER', or a list of them", (value) => listOf(value).every(isText)],
  ingest: ['true or false', isFlag],
  ours: ['true or false', isFlag],
  because: ['a few words', isText],
}

const NAMES = Object.keys(allowed) as (keyof Requirements)[]

/** @throws {ConfigError} that names what is unknown, or can't be what it is. */
export function checkRequirements(given: Requirements): void {
  knownOptions(given, NAMES, CALLED)
  const asked = NAMES.filter((name) => given[name] !== undefined)
  for (const name of asked) {
    const [words, usable] = allowed[name]
    if (!usable(given[name])) {
      throw new ConfigError([name], `${CALLED}.${name} is ${printable(given[name])}`, { hints: [`give ${words}`] })
    }
  }
  if (asked.every((name) => name === 'because')) {
    throw new ConfigError(['requires'], `${CALLED} asks for nothing`, { hints: [`give some of ${NAMES.join(', ')}`] })
  }
}

const CALLED = 'requires(…)'

/** One or several as a list; an empty list is not usable, and stands for itself. */
export function listOf(privilege: unknown): readonly unknown[] {
  if (!Array.isArray(privilege)) return [privilege]
  return privilege.length === 0 ? [undefined] : (privilege as unknown[])
}
