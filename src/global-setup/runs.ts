import type { TestProject, Vitest } from 'vitest/node'
import { fixturesTaken } from './needed.ts'
import { registrationOf, settingsOf } from './registry.ts'
import type { Run } from './run.ts'
import { firstLine } from '../errors.ts'
import { fitToPrint } from '../redact.ts'

// The plugin and global setup may be two instances of every module, which meet in one place of the process.
const KEY = Symbol.for('vitest-tidb.runs')
const place = globalThis as { [KEY]?: WeakMap<Vitest, Map<string, Promise<Run>>> }

function runsOf(vitest: Vitest): Map<string, Promise<Run>> {
  const all = (place[KEY] ??= new WeakMap())
  let runs = all.get(vitest)
  if (runs === undefined) all.set(vitest, (runs = new Map()))
  return runs
}

/** The run that a project works on, begun if nobody did: one for each set of settings, whatever the number of projects. */
export function runOf(project: TestProject): Promise<Run> {
  const { vitest } = project
  const runs = runsOf(vitest)
  const { options, importProgress, specifications } = registrationOf(vitest)
  const settings = settingsOf(options.get(project))
  const key = JSON.stringify(settings)
  let run = runs.get(key)
  if (run === undefined) {
    run = import('./run.ts').then(({ startRun }) =>
      startRun({
        settings,
        root: project.config.root,
        workers: Number(project.config.maxWorkers) || 1,
        log: (line) => vitest.logger.log(fitToPrint(`vitest-tidb: ${line}`)),
        importProgress,
        fixturesTaken: () => fixturesTaken(specifications),
      }),
    )
    // Whoever waits for it gets the error; it may fail before anybody does.
    run.catch(() => undefined)
    runs.set(key, run)
  }
  return run
}

/** Why a server of one vitest could not be had, in one line; undefined if there is one, or nobody asked for it. */
export async function whyNoServer(vitest: Vitest): Promise<string | undefined> {
  const all = await Promise.allSettled(runsOf(vitest).values())
  const failed = all.find((run) => run.status === 'rejected')
  return failed && firstLine(failed.reason)
}

/** Ends every run of one vitest. Those that failed to start have cleared away what there was of them. */
export async function stopRuns(vitest: Vitest): Promise<void> {
  const runs = runsOf(vitest)
  const all = await Promise.allSettled(runs.values())
  runs.clear()
  await Promise.all(all.flatMap((run) => (run.status === 'fulfilled' ? [run.value.stop()] : [])))
}
