import { StatementError, WorkflowError } from '../../errors.ts'
import { TiDBVersion } from '../../version.ts'
import { defineState } from '../define-state.ts'

export interface GettingVersionResult {
  readonly version: TiDBVersion
  /** Such as `Community` or `Enterprise`. */
  readonly edition: string
  /** Git commit that the server was built from. */
  readonly commit: string
  /** Storage engine: `tikv` in a cluster, `unistore` in a local server. */
  readonly store: string
}

/** GettingVersion: the server is a TiDB, and says which. */
export const gettingVersion = defineState({
  name: 'GettingVersion',
  needs: ['Connecting'],
  finding: ({ version, edition, store }: GettingVersionResult) => `TiDB ${version}, ${edition}, on ${store}`,
  async run({ connection }): Promise<GettingVersionResult> {
    const [row] = await connection.query<{ version: string; comment: string }>(
      'select version() as version, @@version_comment as comment',
    )
    const called = `${row?.version} (${row?.comment})`
    let report: string
    try {
      // VERSION() can be configured to say anything; only TiDB has TIDB_VERSION().
      const [answer] = await connection.query<{ report: string }>('select tidb_version() as report')
      report = answer?.report ?? ''
    } catch (error) {
      if (!(error instanceof StatementError) || error.errno === undefined) throw error
      const { answer, cause } = error
      throw new WorkflowError(`the server is not a TiDB: it calls itself ${called}`, {
        answer,
        hints: ['check TIDB_HOST and TIDB_PORT: by default TiDB listens on 4000, MySQL and MariaDB on 3306'],
        cause,
      })
    }
    const version = TiDBVersion.parse(report)
    return { version, edition: version.edition, commit: version.commit, store: version.store }
  },
})
