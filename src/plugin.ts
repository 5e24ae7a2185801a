import type {} from 'vitest/config'
import type { Plugin } from 'vitest/config'
import type { TestProject } from 'vitest/node'
import { packageModule } from './package-files.ts'
import { isNeeded } from './global-setup/needed.ts'
import { registrationOf, type PluginOptions } from './global-setup/registry.ts'
import { runOf, whyNoServer } from './global-setup/runs.ts'
import { importReporter } from './import-report/when-watched.ts'
import { ImportProgressReporter } from './import-progress/reporter.ts'
import TiDBReporter from './report/reporter.ts'
import { ReleasesReporter } from './report/releases-reporter.ts'
import { extensions } from './sql-files/extensions.ts'

export type { PluginOptions } from './global-setup/registry.ts'

/**
 * The vitest plugin: adds the global setup, which finds or starts a TiDB for the run, and the reporter.
 *
 * @example
 * // vitest.config.ts
 * import { tidb } from 'vitest-tidb/plugin'
 * import { defineConfig } from 'vitest/config'
 *
 * export default defineConfig({ plugins: [tidb()] })
 */
export function tidb(options: PluginOptions = {}): Plugin {
  return {
    name: 'vitest-tidb',
    async load(id) {
      const file = id.replace(/[?#].*$/, '')
      // Asked of every module: what reads files of SQL is loaded for those.
      if (options.sqlFiles === undefined || !extensions.some((extension) => file.endsWith(extension))) return undefined
      const { loadSqlFile } = await import('./sql-files/load.ts')
      return loadSqlFile(file, (path) => this.addWatchFile(path))
    },
    // oxlint-disable-next-line typescript/no-misused-promises -- vitest awaits it
    async configureVitest({ vitest, project, injectTestProjects }) {
      const registration = registrationOf(vitest)
      const { releases, ...own } = options
      const { reporters } = vitest.config
      if (releases === undefined) {
        registration.options.set(project, own)
        prepareProject(project, own)
      } else {
        const { addReleases } = await import('./global-setup/releases.ts')
        const added = await addReleases({ vitest, project, injectTestProjects }, options)
        for (const each of added) prepareProject(each, own)
        reporters.push(new ReleasesReporter(releases))
      }
      if (registration.importProgress !== undefined) return
      const importProgress = new ImportProgressReporter()
      registration.importProgress = importProgress
      // Before vitest's own: what it says of import jobs comes before the summary of the run.
      reporters.unshift(importProgress)
      if (!reporters.some((entry) => Array.isArray(entry) && entry[0] === 'vitest-tidb/reporter')) {
        reporters.push(new TiDBReporter())
      }
      reporters.push(importReporter(options, project.config.root, () => whyNoServer(vitest)))
      // vitest tells reporters what was selected before it runs global setup, and nobody else.
      reporters.push({
        async onTestRunStart(specifications) {
          registration.specifications = specifications
          // What is replayed was run before.
          if (vitest.config.mergeReports) return
          const projects = new Set(specifications.map((specification) => specification.project))
          await Promise.all([...projects].map(prepare))
        },
      })
    },
  }
}

/** Has a project take files of SQL, and set up, if it may need to without having been asked. */
function prepareProject(project: TestProject, { sqlFiles, start }: PluginOptions): void {
  if (sqlFiles !== undefined) project.config.include = [...project.config.include, ...sqlFiles.include]
  // In watch mode files may come later, and vitest sets a project up once.
  if (project.vitest.config.watch || start === 'always') addSetup(project)
}

/** Begins a run as soon as it is known to be needed: global setup then waits for it. */
async function prepare(project: TestProject): Promise<void> {
  const { options, needed, specifications } = registrationOf(project.vitest)
  const own = options.get(project)
  if (own === undefined) return
  if (own.sqlFiles !== undefined) {
    const { beginSqlFiles, hasSqlFiles } = await import('./sql-files/selected.ts')
    if (hasSqlFiles(project, specifications)) {
      addSetup(project)
      beginSqlFiles(project, specifications)
    }
  }
  if (!(await isNeeded(project))) return
  needed.add(project)
  addSetup(project)
  void runOf(project)
}

function addSetup({ config }: TestProject): void {
  const setup = packageModule('setup')
  // Reassigned, not pushed to: the array is shared with other projects.
  if (!config.globalSetup.includes(setup)) config.globalSetup = [config.globalSetup, setup].flat()
}
