import type { Reporter } from 'vitest/node'
import type { Settings } from '../config/settings.ts'

/** The reporter of import jobs, loaded at the end of a run that asked about one: most runs do not. */
export function importReporter(options: Settings, root: string): Reporter {
  return {
    async onTestRunEnd(modules, errors, reason) {
      const tests = modules.flatMap((module) => [...module.children.allTests()])
      if (!tests.some((test) => test.meta().importJobs !== undefined)) return
      const { default: ImportReporter } = await import('./reporter.ts')
      await new ImportReporter({ dir: await reportDir(options, root) }).onTestRunEnd(modules, errors, reason)
    },
  }
}

/** Where the report goes, by the configuration of the run. */
async function reportDir(options: Settings, root: string): Promise<string> {
  const [{ loadConfig }, { defaults }] = await Promise.all([
    import('../config/config.ts'),
    import('../config/settings.ts'),
  ])
  try {
    return loadConfig({ options, cwd: root }).config.importReportDir
  } catch {
    // Global setup tells what is wrong with the configuration.
    return defaults.importReportDir
  }
}
