import type { Reporter } from 'vitest/node'
import type { Settings } from '../config/settings.ts'

/**
 * The reporter of import jobs, loaded at the end of a run that asked about one, or could not: most runs do not.
 *
 * @param noServer why there is no server, in one line; undefined if there is one, or none was needed.
 */
export function importReporter(options: Settings, root: string, noServer: () => Promise<string | undefined>): Reporter {
  return {
    async onTestRunEnd(modules, errors, reason) {
      const tests = modules.flatMap((module) => [...module.children.allTests()])
      const why = tests.length === 0 ? await noServer() : undefined
      if (why === undefined && !tests.some((test) => test.meta().importJobs !== undefined)) return
      const { default: ImportReporter } = await import('./reporter.ts')
      const dir = await reportDir(options, root)
      await new ImportReporter({ dir, noServer: why }).onTestRunEnd(modules, errors, reason)
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
