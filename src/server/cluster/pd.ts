import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostPort } from '../../host-port.ts'
import { HOST } from '../ports.ts'
import type { ClusterMember, MemberSurroundings } from './member.ts'
import { pdLeads } from './pd-api.ts'
import { startProcessMember } from './process-member.ts'

/** One PD and one store: elections are quick, and there is nothing to schedule. */
export const PD_CONFIG = `tick-interval = "10ms"
election-interval = "50ms"
lease = 1

[replication]
max-replicas = 1

[schedule]
leader-schedule-limit = 0
region-schedule-limit = 0
merge-schedule-limit = 0
hot-region-schedule-limit = 0
`

interface PdOptions extends MemberSurroundings {
  readonly binary: string
  /** Folder for its log and configuration, and the one for its data. */
  readonly folder: string
  readonly data: string
}

/** @throws {ServerError} with the end of its log if it does not start, {DeadlineError} if it gets no leader. */
export function startPd({ binary, folder, data, ...surroundings }: PdOptions): Promise<ClusterMember> {
  const temp = join(folder, 'temp')
  mkdirSync(temp, { recursive: true })
  const config = join(folder, 'pd.toml')
  writeFileSync(config, PD_CONFIG)
  return startProcessMember(surroundings, (ports) => {
    const [clients, peers] = ports.map((port) => `http://${hostPort(HOST, port)}`)
    return {
      name: 'PD',
      binary,
      args: [
        ...['--name=pd', `--data-dir=${data}`, `--config=${config}`],
        ...[`--client-urls=${clients}`, `--peer-urls=${peers}`, `--initial-cluster=pd=${peers}`],
      ],
      folder,
      temp,
      logFile: join(folder, 'pd.log'),
      ready: (over) => pdLeads(hostPort(HOST, ports[0]), data, over),
    }
  })
}
