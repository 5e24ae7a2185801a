import { expect, test } from 'vitest'
import { delay } from '../clock.ts'
import type { Querier } from '../connection/ask.ts'
import type { Row, Rows } from '../connection/rows.ts'
import { StatementError } from '../errors.ts'
import { ClusterFacts } from './cluster-facts.ts'

const answer = { code: 'PROTOCOL_CONNECTION_LOST', message: 'the connection was lost before' }
const lost: Querier = { query: () => Promise.reject(new StatementError('not sent', { answer })) }

/** Has one database, and no nodes. */
const living: Querier = {
  query: <R extends object = Row>(sql: string) => {
    const rows = /schema_name/.test(sql) ? [{ name: 'shop' }] : /cluster_config/.test(sql) ? [{ n: 1 }] : []
    return Promise.resolve(rows as unknown as Rows<R>)
  },
}

test('what one session can no longer be asked is asked of another', async () => {
  for (const sessions of [[lost, living] as const, [living, lost] as const]) {
    const facts = new ClusterFacts(sessions, { withinMs: 1_000 })
    expect(await facts.databases()).toEqual(['shop'])
    expect(await facts.info()).toMatchObject({ nodes: [] })
  }
  await expect(new ClusterFacts([lost], { withinMs: 1_000 }).databases()).rejects.toThrow('not sent')
})

test('what is asked late has as long as what was asked first', async () => {
  const facts = new ClusterFacts([living], { withinMs: 20 })
  await facts.info()
  await delay(40)
  expect(await facts.databases()).toEqual(['shop'])
})
