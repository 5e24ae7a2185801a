import type { TestProject, TestSpecification, Vitest } from 'vitest/node'
import type { Settings } from '../config/settings.ts'
import type { ProgressAudience } from '../import-progress/progress-listener.ts'

/** Options of the plugin: every setting, and when to start. */
export interface PluginOptions extends Settings {
  /**
   * `auto` (default) finds or starts a TiDB only if a selected file imports vitest-tidb, itself or through its own
   * modules; `always` does so for every run.
   */
  readonly start?: 'auto' | 'always'
  /** Files of SQL that are tests. */
  readonly sqlFiles?: SqlFilesOptions
  /** Releases that every test runs on, such as `['v8.5.4', 'v8.5.6']`: a project with a server of its own for each. */
  readonly releases?: readonly string[]
}

/** What a project was given: the options of its plugin, and which of their releases it is for. */
export interface ProjectOptions extends Omit<PluginOptions, 'releases'> {
  readonly release?: string
}

/** The settings among them; those of a release go before all others. */
export function settingsOf(given: ProjectOptions = {}): {
  readonly options: Settings
  readonly commandLine?: Settings
} {
  const { start: _, sqlFiles: _sql, release, ...settings } = given
  return { options: settings, ...(release !== undefined && { commandLine: { version: release } }) }
}

/** Which files of SQL are tests, and how they run. See docs/sql-files.md. */
export interface SqlFilesOptions {
  /** Globs from the root of the project, such as `t/**\/*.test`. */
  readonly include: readonly string[]
  /** Configuration file of the servers that they run on, in the place of TIDB_SERVER_CONFIG. */
  readonly serverConfig?: string
  /** Deadline of a statement, in ms. Default 60,000. */
  readonly statementTimeoutMs?: number
  /** Lets `exec` and `system` run programs of this machine, and `remove_file` remove its files. Default false. */
  readonly allowExec?: boolean
  /** Lets files change variables, accounts and whatever else is no database on a configured host. Default false. */
  readonly allowGlobal?: boolean
  /** Carries each file out on the baseline as well, and compares them statement by statement. Default false. */
  readonly baseline?: boolean
}

/** What the plugin recorded about one vitest, for global setup to read. */
interface Registration {
  readonly options: WeakMap<TestProject, ProjectOptions>
  /** The files that were selected to run; undefined if that is not known. */
  specifications: readonly TestSpecification[] | undefined
  /** The projects that were found to need a TiDB: their files need not be scanned again. */
  readonly needed: WeakSet<TestProject>
  /** Who shows the progress of import jobs; undefined if nobody does. */
  importProgress: ProgressAudience | undefined
}

// The plugin is loaded by Vite's configuration and the setup by vitest's module runner: two instances of every
// module, which meet in one place of the process.
const KEY = Symbol.for('vitest-tidb.registry')
const place = globalThis as { [KEY]?: WeakMap<Vitest, Registration> }

export function registrationOf(vitest: Vitest): Registration {
  const registry = (place[KEY] ??= new WeakMap())
  let registration = registry.get(vitest)
  if (registration === undefined) {
    registration = {
      options: new WeakMap(),
      specifications: undefined,
      needed: new WeakSet(),
      importProgress: undefined,
    }
    registry.set(vitest, registration)
  }
  return registration
}
