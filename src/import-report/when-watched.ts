import type { Reporter } from 'vitest/node'
import { loadConfig } from '../config/config.ts'
import { defaults, type Settings } from '../config/settings.ts'

/** The reporter of import jobs, loaded at the end of a run in which one was watched: most runs watch none. */
export function importReporter(dir: () => string): Reporter {
  return {
    async onTestRunEnd(modules, errors, reason) {
      const tests = modules.flatMap((module) => [...module.children.allTests()])
      if (!tests.some((test) => (test.meta().importJobs?.length ?? 0) > 0)) return
      const { default: ImportReporter } = await import('./reporter.ts')
      await new ImportReporter({ dir: dir() }).onTestRunEnd(modules, errors, reason)
    },
  }
}

/** Where the report goes, by the configuration of the run. */
export function reportDir(options: Settings, root: string): string {
  try {
    return loadConfig({ options, cwd: root }).config.importReportDir
  } catch {
    // Global setup tells what is wrong with the configuration.
    return defaults.importReportDir
  }
}
