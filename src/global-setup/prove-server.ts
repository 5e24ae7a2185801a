import { NONE, type Config } from '../config/config.ts'
import { formatTransition } from '../transition.ts'
import { workflow } from '../workflow/default-workflow.ts'
import { StateMachine } from '../workflow/state-machine.ts'

/**
 * Takes a server through the whole workflow, once.
 *
 * @returns what it found, as plain data.
 * @throws {StateError} from the state that failed; the states before it are told line by line.
 */
export async function proveServer(address: Config & { host: string }, log: (line: string) => void) {
  const onProgress = (state: string, line: string) => log(`${state}: ${line}`)
  await using machine = new StateMachine(
    workflow,
    // Import jobs are looked at once: to watch them is for the specs, which would come too late.
    { base: { ...address, importMonitorSeconds: 0 }, env: NONE, envFile: false },
    { name: 'setup', onProgress },
  )
  try {
    await machine.run()
  } catch (error) {
    for (const transition of machine.history) log(formatTransition(transition))
    throw error
  }
  const { version, edition, commit, store } = await machine.reach('GettingVersion')
  const { active } = await machine.reach('CheckingImportJobs')
  return { release: version.release, edition, commit, store, activeImportJobs: active.length }
}
