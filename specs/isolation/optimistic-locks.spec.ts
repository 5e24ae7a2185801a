import { expect, test } from 'vitest-tidb'
import { forgetsLocks } from '../../fixtures/plain-unistore.ts'

// SELECT ... FOR UPDATE in optimistic transactions, as a guard of a rule. On unistore as released it holds only if the
// row is changed as well.

test.for([
  ['both change it', 1, 1, true],
  ['the first changes it', 1, 3, true],
  ['the second changes it', 2, 1, false],
  ['neither changes it', 2, 3, false],
] as const)('of two that lock a row, %s', async ([, first, second, changed], { tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query('create table item (id int primary key, value int)')
  await alice.query('insert into item values (1, 0), (2, 0), (3, 0)')
  for (const session of [alice, bob]) {
    await session.query('begin optimistic')
    await session.query('select * from item where id = 1 for update')
  }
  await alice.query('update item set value = 1 where id = ?', [first])
  await bob.query('update item set value = 2 where id = ?', [second])
  await alice.query('commit')
  const commit = bob.send('commit')
  if (changed || !(await forgetsLocks(alice))) await expect(commit).toFailWith(9007)
  else await commit
})
