import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { hostPort } from '../../host-port.ts'
import { HOST } from '../ports.ts'
import { ClusterMember, type MemberSurroundings } from './member.ts'
import { storeIsUp } from './pd-api.ts'

interface StorageOptions extends MemberSurroundings {
  readonly binary: string
  /** Folder for its log, and the one for its data. */
  readonly folder: string
  readonly data: string
  /** `host:port` of PD. */
  readonly pd: string
}

/** @throws {ServerError} with the end of its log if it does not start, {DeadlineError} if PD never has it as up. */
export function startStorage({ binary, folder, data, pd, ...surroundings }: StorageOptions): Promise<ClusterMember> {
  const temp = join(folder, 'temp')
  for (const path of [temp, data]) mkdirSync(path, { recursive: true })
  const logFile = join(folder, 'storage.log')
  return ClusterMember.launch(surroundings, (ports) => {
    const [address = '', statusAddress = ''] = ports.map((port) => hostPort(HOST, port))
    return {
      name: 'the storage node',
      binary,
      // What it logs, and what it says beside: information_schema.cluster_log reads the one, we the other.
      args: ['-pd', pd, '-addr', address, '-status-addr', statusAddress, '-data-dir', data, '-log-file', logFile],
      folder,
      temp,
      logFile: join(folder, 'storage.out'),
      ready: (over) => storeIsUp(pd, address, over),
    }
  })
}
