import type { Loss } from '../connection/started-servers.ts'
import { logTail } from './log-tail.ts'
import { isGone, type ProcessIdentity } from './process-identity.ts'

/** What there is to know of a server that this run started. */
export interface StartedPlace {
  readonly description: string
  readonly logFile: string | undefined
  /** Of a local tidb-server; undefined in a container. */
  readonly process: ProcessIdentity | undefined
}

/** What to say of a server that this run started, when a connection to it is lost: whether it is gone, and its log. */
export function accountOf({ description, logFile, process }: StartedPlace, loss: Loss): string {
  const ours = `this run started that server (${description})`
  const gone = process !== undefined && isGone(process)
  // A connection may be cut while its server is well: KILL does that.
  if (!gone && loss === 'cut') return `${ours}: see its log, ${logFile}, for why it cut the connection`
  const state = gone ? 'its process has ended' : STATE[loss]
  const tail = (logTail(logFile) ?? '').replace(/^/gm, '      ')
  return `${ours}, and ${state}: the end of its log, ${logFile}:\n${tail}`
}

const STATE: Readonly<Record<Loss, string>> = {
  refused: 'nothing listens there any more',
  silent: 'it takes connections and does not answer them any more',
  cut: 'it is gone',
}
