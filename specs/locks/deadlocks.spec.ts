import { expect, test, type Session } from 'vitest-tidb'

const UNKNOWN = expect.objectContaining({ code: 'TIDB_LOCK_ACCOUNT' }) as unknown

interface Crossing {
  readonly one: Session
  readonly other: Session
  /** What `one` waits with; it goes on when `other` is ended. */
  readonly first: PromiseLike<unknown>
}

/** `one` holds row `own` and waits for row `own + 1`, which `other` holds. */
async function cross(one: Session, other: Session, own: number): Promise<Crossing> {
  await Promise.all([one.query('begin'), other.query('begin')])
  await one.query('update account set balance = 1 where id = ?', [own])
  await other.query('update account set balance = 1 where id = ?', [own + 1])
  const first = one.send('update account set balance = 2 where id = ?', [own + 1])
  await expect(first).toBeBlockedBy(other)
  return { one, other, first }
}

const ACCOUNTS = 'create table account (id int primary key, balance int)'

const forms: [sql: string, values: (number | string | number[] | object)[]][] = [
  ['update account set balance = 2 where id in (?)', [[1, 7]]],
  ['update ?? set balance = 2 where id = ?', ['account', 1]],
  ['insert into account values ? on duplicate key update balance = 3', [[[1, 7]]]],
  ['replace into account set ?', [{ id: 1, balance: 7 }]],
  ['select * from account where id = 1 for update;', []],
]
test.for(forms)(
  'a deadlock is that of the transaction, whatever its statement: %s',
  async ([sql, values], { tidbPool }) => {
    const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
    await alice.query(ACCOUNTS)
    await alice.query('insert into account values (1, 0), (2, 0)')
    await carol.query('select * from account')
    const { first } = await cross(alice, bob, 1)
    const second = bob.send(sql, values as never)
    await expect(second).toDeadlockWith(alice)
    await expect(second).not.toDeadlockWith(carol)
    await first
    await alice.query('commit')
    await expect(second).toDeadlockWith(alice)
    await bob.query('rollback')
  },
)

test('a deadlock of others, by statements of the same shape, does not pass for it', async ({ tidbPool }) => {
  const [alice, bob, carol, dave] = await tidbPool.sessions('alice', 'bob', 'carol', 'dave')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0), (2, 0), (3, 0), (4, 0)')
  const update = 'update account set balance = 2 where id = ?'
  const [near, far] = [await cross(alice, bob, 1), await cross(carol, dave, 3)]
  const seconds = [bob.send(update, [1]), dave.send(update, [3])] as const
  await expect(seconds[0]).toDeadlockWith(alice)
  await expect(seconds[1]).toDeadlockWith(carol)
  await expect(seconds[0]).not.toDeadlockWith(carol)
  await expect(seconds[1]).not.toDeadlockWith(alice)
  await Promise.all([near.first, far.first])
  for (const session of [alice, bob, carol, dave]) await session.query('rollback')
})

test('with whom is not known once the other transaction was rolled back', async ({ tidbPool }) => {
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0), (2, 0)')
  await carol.query('select * from account')
  const { first } = await cross(alice, bob, 1)
  const second = bob.send('update account set balance = 2 where id = 1')
  await first
  await alice.query('rollback')
  for (const session of [alice, carol]) {
    await expect(expect(second).toDeadlockWith(session)).rejects.toEqual(UNKNOWN)
    await expect(expect(second).not.toDeadlockWith(session)).rejects.toEqual(UNKNOWN)
  }
  await bob.query('rollback')
})
