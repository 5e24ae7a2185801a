import { vi } from 'vitest'
import { createTest, defineState, expect, test, workflow, type Session, type TiDBPool } from 'vitest-tidb'
import { closedPort } from '../../fixtures/closed-port.ts'

// A failure other than the one asked about is no answer: it fails the assertion, with `not` and without.

type Sent = ReturnType<Session['send']>
type Assert = (
  subject: { readonly session: Session; readonly statement: Sent },
  other: Session,
  not: boolean,
) => unknown

/** `expect(…)` or `expect(…).not` */
function that<T>(value: T, not: boolean) {
  return not ? expect(value).not : expect(value)
}

const aboutStatements: Record<string, Assert> = {
  'toFailWith(1062)': ({ statement }, _, not) => that(statement, not).toFailWith(1062),
  'toFailWith(1062), of a promise': ({ statement }, _, not) => that(Promise.resolve(statement), not).toFailWith(1062),
  'toFailWith(1062), of an error': async ({ statement }, _, not) => {
    const error: unknown = await statement.catch((thrown: unknown) => thrown)
    await that(error, not).toFailWith(1062)
  },
  'rejects.toFailWith(1062)': ({ statement }, _, not) =>
    not ? expect(statement).rejects.not.toFailWith(1062) : expect(statement).rejects.toFailWith(1062),
  'resolves.toFailWith(1062)': ({ statement }, _, not) =>
    not ? expect(statement).resolves.not.toFailWith(1062) : expect(statement).resolves.toFailWith(1062),
  'toConflict()': ({ statement }, _, not) => that(statement, not).toConflict(),
  'toTimeOutWaiting()': ({ statement }, _, not) => that(statement, not).toTimeOutWaiting(),
  'toBeBlocked()': ({ statement }, _, not) => that(statement, not).toBeBlocked(),
  'toBeBlockedBy(other)': ({ statement }, other, not) => that(statement, not).toBeBlockedBy(other),
  "toBeReleasedWithin('2s')": ({ statement }, _, not) => that(statement, not).toBeReleasedWithin('2s'),
  'toDeadlockWith(other)': ({ statement }, other, not) => that(statement, not).toDeadlockWith(other),
}

const aboutSessions: Record<string, Assert> = {
  "toReach('Completed')": ({ session }, _, not) => that(session, not).toReach('Completed'),
  "toFailIn('CheckingImportJobs')": ({ session }, _, not) => that(session, not).toFailIn('CheckingImportJobs'),
  "toFailIn('Connecting', { code: 'ETIMEDOUT' })": ({ session }, _, not) =>
    that(session, not).toFailIn('Connecting', { code: 'ETIMEDOUT' }),
  "toFailIn('Connecting', { message: 'too many' })": ({ session }, _, not) =>
    that(session, not).toFailIn('Connecting', { message: 'too many' }),
  "toFailIn('Connecting', { errno: 1040 })": ({ session }, _, not) =>
    that(session, not).toFailIn('Connecting', { errno: 1040 }),
}

interface Trouble {
  /** What went wrong, by the message of the cause. */
  readonly cause: RegExp
  /** The session that is in trouble, and the statement that it sent. */
  readonly make: (pool: TiDBPool, other: Session) => Promise<{ session: Session; statement: Sent }>
}

const troubles: Record<string, Trouble> = {
  'a closed port': {
    cause: /ECONNREFUSED/,
    make: async (pool) => {
      const session = pool.session('subject', { port: await closedPort(), retries: 0 })
      return { session, statement: session.send('select 1') }
    },
  },
  'a state that failed': {
    cause: /nobody/,
    make: (pool) => {
      const session = pool.session('subject', { user: 'nobody' })
      return Promise.resolve({ session, statement: session.send('select 1') })
    },
  },
  'a connection that was killed': {
    cause: /PROTOCOL_CONNECTION_LOST/,
    make: async (pool, other) => {
      const [session] = await pool.sessions('subject')
      await other.query(`kill ${session.connectionId}`)
      await vi.waitUntil(() => session.connection?.closed, { timeout: 10_000 })
      return { session, statement: session.send('select 1') }
    },
  },
  'a refusal of another kind': {
    cause: /no_such_table/,
    make: async (pool) => {
      const [session] = await pool.sessions('subject')
      return { session, statement: session.send('select * from no_such_table') }
    },
  },
  'a deadline of its own': {
    cause: /waited 20 ms/,
    make: async (pool) => {
      const [session] = await pool.sessions('subject')
      return { session, statement: session.send('select sleep(9)', [], { within: 20 }) }
    },
  },
  'an abort': {
    cause: /gave up|enough/,
    make: async (pool) => {
      const [session] = await pool.sessions('subject')
      return { session, statement: session.send('select sleep(9)', [], { signal: AbortSignal.abort('enough') }) }
    },
  },
}

const sessionsFail = ['a closed port', 'a state that failed']

test.for(Object.entries(troubles))('%s is red for each of them, either way', async ([name, trouble], { tidbPool }) => {
  const [other] = await tidbPool.sessions('other')
  await other.query('do 0')
  const subject = await trouble.make(tidbPool, other)
  const matchers = { ...aboutStatements, ...(sessionsFail.includes(name) && aboutSessions) }
  const wrong: string[] = []
  for (const [matcher, assert] of Object.entries(matchers)) {
    for (const not of [false, true]) {
      const told = allMessages(await failureOf(() => assert(subject, other, not)))
      if (!trouble.cause.test(told)) wrong.push(`${not ? 'not.' : ''}${matcher}: ${told}`)
    }
  }
  expect(wrong).toEqual([])
})

test('a session that was given up fails no state, unless that is asked about', async ({ tidbPool }) => {
  const [session] = await tidbPool.sessions('closed')
  await session.close()
  for (const not of [false, true]) {
    expect(allMessages(await failureOf(() => that(session, not).toFailIn('TestingConnection')))).toContain('was closed')
  }
  await expect(session).toFailIn('TestingConnection', { message: 'was closed' })
})

test('a statement that is still waiting is not released; one that did well, did', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query('create table t (id int primary key, v int)')
  await alice.query('insert into t values (1, 0)')
  await alice.query('begin')
  await alice.query('update t set v = 1')
  const write = bob.send('update t set v = 2')
  await expect(write).toBeBlocked()
  await expect(write).not.toBeReleasedWithin(1)
  await alice.query('commit')
  await expect(write).toBeReleasedWithin('2s')
  await expect(write).not.toFailWith(1062)
  await expect(write).not.toConflict()
  await expect(write).not.toTimeOutWaiting()
  await expect(write).not.toDeadlockWith(alice)
  await expect(write).not.toBeBlocked()
  await expect(write).not.toBeBlockedBy(alice)
  await expect(alice).not.toFailIn('VerifyingDatabase')
  expect(await failureOf(() => expect(alice).not.toReach('Completed'))).toMatchObject({
    message: expect.stringContaining('expected alice not to reach Completed, and it did') as string,
  })
})

const skipping = createTest(
  workflow
    .with(defineState({ name: 'Choosing', after: 'Connecting', run: () => 1, next: () => 'Completed' }))
    .with(defineState({ name: 'LeftOut', after: 'Choosing', run: () => 1 })),
)

skipping('a state that the workflow leads past is not reached', async ({ tidb }) => {
  await tidb.completed()
  await expect(tidb).not.toReach('LeftOut')
  await expect(tidb).not.toFailIn('LeftOut')
  expect(await failureOf(() => expect(tidb).toReach('LeftOut'))).toMatchObject({
    message: expect.stringContaining('its workflow leads past it') as string,
  })
  expect(await failureOf(() => expect(tidb).not.toReach('Nowhere'))).toMatchObject({
    message: expect.stringContaining('the workflow has no state "Nowhere"') as string,
  })
})

async function failureOf(assertion: () => unknown): Promise<unknown> {
  try {
    await assertion()
  } catch (error) {
    return error
  }
  return new Error('the assertion passed')
}

/** Those of an error and of its causes. */
function allMessages(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${allMessages(error.cause)}` : ''
}
