import { defineCheck } from './check.ts'

/** The tidb-server that carries out DDL is there and answers. Since when it does so, no statement tells. */
export const ddlOwnerAnswers = defineCheck({
  name: 'ddl-owner-answers',
  title: 'The tidb-server that carries out DDL is there',
  severity: 'critical',
  needs: { nodes: true, privileges: ['SUPER'] },
  advice:
    'DDL waits until another one takes over, within 60 s; if none does, see whether the others run with tidb_enable_ddl',
  docs: 'https://docs.pingcap.com/tidb/stable/sql-statement-admin-show-ddl/',
  source: 'ADMIN SHOW DDL',
  async run({ session, facts }) {
    const [row] = await session.query<{ OWNER_ADDRESS: string }>('admin show ddl')
    const owner = row?.OWNER_ADDRESS ?? ''
    const servers = (await facts.nodes()).filter(({ type }) => type === 'tidb')
    const node = servers.find(({ instance }) => instance === owner)
    const silent = node && (await facts.silent()).get(node)
    if (node !== undefined && silent === undefined) return []
    const why =
      owner === ''
        ? 'there is none: no tidb-server carries out DDL'
        : node === undefined
          ? `${owner} is the owner, and is gone`
          : `${owner} is the owner, and does not answer: ${silent}`
    return [{ subject: { kind: 'cluster', name: 'DDL owner' }, message: why, observed: owner }]
  },
})
