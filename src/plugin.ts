import type {} from 'vitest/config'
import type { Plugin } from 'vitest/config'
import { packageModule } from './package-files.ts'
import { registrationOf, type PluginOptions } from './global-setup/registry.ts'
import { importReporter } from './import-report/when-watched.ts'
import { ImportProgressReporter } from './import-progress/reporter.ts'

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
    configureVitest({ vitest, project }) {
      const registration = registrationOf(vitest)
      registration.options.set(project, options)
      const setup = packageModule('setup')
      // Reassigned, not pushed to: the array is shared with other projects.
      if (!project.config.globalSetup.includes(setup)) {
        project.config.globalSetup = [project.config.globalSetup, setup].flat()
      }
      const { reporters } = vitest.config
      const reporter = packageModule('report/reporter')
      if (!reporters.some((entry) => Array.isArray(entry) && entry[0] === reporter)) {
        reporters.push([reporter, {}])
        const importProgress = new ImportProgressReporter()
        registration.importProgress = importProgress
        // Before vitest's own: what it says of import jobs comes before the summary of the run.
        reporters.unshift(importProgress)
        reporters.push(importReporter(options, project.config.root))
        // vitest tells reporters what was selected before it runs global setup, and nobody else.
        reporters.push({
          onTestRunStart(specifications) {
            registration.specifications = specifications
          },
        })
      }
    },
  }
}
