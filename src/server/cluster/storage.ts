import { mkdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostPort } from '../../host-port.ts'
import { HOST } from '../ports.ts'
import type { ClusterMember, MemberSurroundings } from './member.ts'
import { until } from '../http-api.ts'
import { storeIsUp } from './pd-api.ts'
import { startProcessMember } from './process-member.ts'

interface StorageOptions extends MemberSurroundings {
  readonly binary: string
  /** Folder for its log, and the one for its data. */
  readonly folder: string
  readonly data: string
  /** `host:port` of PD. */
  readonly pd: string
}

/** What it logs once it has registered with PD and listens. */
const SERVING = 'storage node is serving'

/** @throws {ServerError} with the end of its log if it does not start, {DeadlineError} if PD never has it as up. */
export function startStorage({ binary, folder, data, pd, ...surroundings }: StorageOptions): Promise<ClusterMember> {
  const temp = join(folder, 'temp')
  for (const path of [temp, data]) mkdirSync(path, { recursive: true })
  const logFile = join(folder, 'storage.log')
  return startProcessMember(surroundings, (ports) => {
    const earlier = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
    const [address = '', statusAddress = ''] = ports.map((port) => hostPort(HOST, port))
    return {
      name: 'the storage node',
      binary,
      // What it logs, and what it says beside: information_schema.cluster_log reads the one, we the other.
      args: ['-pd', pd, '-addr', address, '-status-addr', statusAddress, '-data-dir', data, '-log-file', logFile],
      folder,
      temp,
      logFile: join(folder, 'storage.out'),
      ready: async (over) => {
        // By its own account first: PD takes one that was killed for up for a while, and another may have its port.
        await until(over, async () => (await readFile(logFile)).subarray(earlier).includes(SERVING))
        await storeIsUp(pd, address, over)
      },
    }
  })
}
