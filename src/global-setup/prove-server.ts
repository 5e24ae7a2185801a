import { NONE, type Config } from '../config/config.ts'
import { StateError } from '../errors.ts'
import { formatTransition } from '../transition.ts'
import { workflow, type BuiltInResults } from '../workflow/default-workflow.ts'
import { StateMachine } from '../workflow/state-machine.ts'

/**
 * Takes a server through the whole workflow, once.
 *
 * @returns what it found, as plain data.
 * @throws {StateError} from the state that failed; the states before it are printed line by line.
 */
export async function proveServer(address: Config & { host: string }, log: (line: string) => void) {
  const onProgress = (state: string, line: string) => log(`${state}: ${line}`)
  await using machine = new StateMachine(
    workflow,
    // Import jobs are polled once: watching them is up to the specs, which would come too late.
    { base: { ...address, importMonitorSeconds: 0 }, env: NONE, envFile: false },
    { name: 'setup', onProgress },
  )
  try {
    const { version, edition, commit, store } = await machine.reach('GettingVersion')
    const activeImportJobs = await countImportJobs(machine, log)
    return { release: version.release, edition, commit, store, activeImportJobs }
  } catch (error) {
    for (const transition of machine.history) log(formatTransition(transition))
    throw error
  }
}

/** How many import jobs are active; undefined on a server that refuses to say, as tiers of TiDB Cloud do. */
async function countImportJobs(machine: StateMachine<BuiltInResults>, log: (line: string) => void) {
  try {
    await machine.run()
    return (await machine.reach('CheckingImportJobs')).active.length
  } catch (error) {
    // Only tests of import jobs need them, and get the same error. A server that is gone is another matter.
    if (!(error instanceof StateError) || error.state !== 'CheckingImportJobs' || error.errno === undefined) throw error
    log(`import jobs are not available, and only their tests need them: ${error.answer?.message}`)
    return undefined
  }
}
