import { expect, test, type Session } from 'vitest-tidb'
import { versionsAlike, type Querier } from 'vitest-tidb/checks'

test('all nodes run the same release', async ({ tidb }) => {
  expect(await versionsAlike(tidb)).toEqual([])
})

/**
 * TiProxy and TiCDC can't be had here: the server answers the check's own question about those it is told of. A tidb-server of
 * another release is found in a real cluster, see releases.spec.ts.
 */
async function clusterOf(tidb: Session, nodes: readonly (readonly [type: string, version: string, hash: string])[]) {
  await tidb.query('create table cluster_info (type text, instance text, version text, git_hash text)')
  const rows = nodes.map(([type, version, hash], at) => [type, `${'abcdefgh'[at]}:4000`, version, hash])
  for (const row of rows) await tidb.query('insert into cluster_info values (?, ?, ?, ?)', row)
  const elsewhere: Querier = {
    query: (sql, values, options) => tidb.query(sql.replace('information_schema.', ''), values, options),
  }
  return elsewhere
}

test('what is released apart has versions of its own, and is compared with its own kind', async ({ tidb }) => {
  const cluster = await clusterOf(tidb, [
    ['tidb', '8.5.6', 'x'],
    ['tiproxy', '1.3.0', 'p'],
    ['tikv', '8.5.6', 'k'],
    ['ticdc', '8.5.6', 'c'],
    ['tiproxy', '1.3.0', 'p'],
    ['tiproxy', '1.2.0', 'q'],
  ])
  expect(await versionsAlike(cluster)).toEqual([
    expect.objectContaining({ subject: 'tiproxy f:4000', message: expect.stringContaining('version 1.2.0') as string }),
    expect.objectContaining({ subject: 'tiproxy f:4000', message: expect.stringContaining('hash q') as string }),
  ])
})
