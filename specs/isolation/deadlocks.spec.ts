import { expect, test } from 'vitest-tidb'

test.for([2, 3, 8])(
  'of %i sessions in a circle the last one fails, and the others go on',
  async (count, { tidbPool }) => {
    const numbers = Array.from({ length: count }, (_, index) => index + 1)
    const [outsider, ...sessions] = await tidbPool.sessions('outsider', ...numbers.map((number) => `session-${number}`))
    await outsider.query('create table test (id int primary key, value int)')
    await outsider.query(`insert into test values ${numbers.map((number) => `(${number}, 0)`).join(', ')}`)
    for (const [at, session] of sessions.entries()) {
      await session.query('begin pessimistic')
      await session.query('update test set value = ? where id = ?', [at + 1, at + 1])
    }

    const asks = []
    for (const [at, session] of sessions.entries()) {
      const ask = session.send(`update test set value = ${at + 1} where id = ${((at + 1) % count) + 1}`)
      asks.push(ask)
      if (at < count - 1) await expect(ask).toBeBlocked()
    }
    const [last, ...waiting] = asks.toReversed()
    for (const session of sessions.slice(0, -1)) await expect(last).toDeadlockWith(session)
    await expect(last).not.toDeadlockWith(outsider)

    for (const [at, ask] of waiting.entries()) {
      await ask
      await sessions.at(-2 - at)?.query('commit')
    }
    const rows = await outsider.query<{ value: number }>('select value from test order by id')
    // Row 1 is session 1's, and every other that of the session before it.
    expect(rows.map(({ value }) => value)).toEqual([1, ...numbers.slice(0, -1)])
  },
)
