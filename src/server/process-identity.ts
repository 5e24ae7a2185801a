import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process, as distinct from another one that got its number later. */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTime: string | undefined
}

/** When a process began, as the system counts it; undefined if there is none, or the system does not say. */
export function startTimeOf(pid: number): string | undefined {
  try {
    return readStartTime(pid)
  } catch {
    return undefined
  }
}

/** The same; undefined only if there is no such process. @throws if the system does not say, as with no file left to open. */
function readStartTime(pid: number): string | undefined {
  if (process.platform !== 'linux') return startTimeByPs(pid)
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
  // The second field is the name in parentheses, which may hold anything.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // One that ends, or ended and that nobody has reaped yet, does nothing any more: its sockets are closed in between.
  const isExiting = state === 'Z' || (Number(fields[5]) & PF_EXITING) !== 0
  return isExiting ? undefined : fields[18]
}

/** Of the flags of a process, see proc_pid_stat(5) and Linux' sched.h. */
const PF_EXITING = 4

function startTimeByPs(pid: number): string | undefined {
  if (process.platform === 'win32') return undefined
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2_000 }).trim()
  } catch (error) {
    // What it ends with if there is no such process.
    if ((error as { readonly status?: number | null }).status === 1) return undefined
    throw error
  }
}

/** Whether it is known to be gone: what can't be read is no proof. */
export function isGone({ pid, startTime }: ProcessIdentity): boolean {
  if (startTime === undefined) return false
  try {
    return readStartTime(pid) !== startTime
  } catch {
    return false
  }
}

/** Where numbers of processes mean the same: one boot of one machine, and on Linux one namespace. */
export function processSpace(): string {
  if (process.platform !== 'linux') return hostname()
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return [hostname(), boot, readlinkSync('/proc/self/ns/pid')].join(' ')
  } catch {
    return hostname()
  }
}
