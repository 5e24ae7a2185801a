import { NO_TLS } from '../../config/session-settings.ts'
import type { Settings } from '../../config/settings.ts'
import { TiDBProcess, type TiDBProcessOptions } from '../tidb-process.ts'
import { ClusterMember, type Launched, type MemberStart } from './member.ts'

/** One tidb-server of a cluster. */
export class ClusterNode extends ClusterMember {
  /** Release, such as `v8.5.6`. */
  readonly release: string

  constructor(start: MemberStart, launched: Launched, release: string) {
    super(start, launched)
    this.release = release
  }

  /** Starts one as a process of this machine. */
  static async start(options: TiDBProcessOptions & { readonly name: string }, release: string): Promise<ClusterNode> {
    const { name, startTimeoutMs } = options
    const start: MemberStart = {
      name,
      launch: async (ports, signal) => launched(await TiDBProcess.start({ ...options, ports, signal })),
      stopWithinMs: startTimeoutMs,
    }
    return new ClusterNode(start, launched(await TiDBProcess.start(options)), release)
  }

  /** Settings for sessions on it: `tidbPool.session('alice', node.settings)`. Their database is `test`, which every TiDB has. */
  get settings(): Settings {
    const { host, port, statusPort } = this
    return { host, port, statusPort, user: 'root', password: '', database: 'test', ...NO_TLS }
  }
}

function launched({ program, port, statusPort }: TiDBProcess): Launched {
  return { program, ports: [port, statusPort] }
}
