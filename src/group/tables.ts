import { quoteName } from '../quote-name.ts'
import { StatementError } from '../errors.ts'
import type { Ask } from '../connection/ask.ts'

// The table of parties comes last: if it is there, all are.
const TABLES = [
  `barrier (
    name varchar(100) primary key,
    opened int not null comment 'the last meeting that was complete'
  )`,
  `arrival (
    barrier varchar(100),
    meeting int,
    party varchar(100),
    place int not null,
    parties text not null comment 'whom it came to meet',
    primary key (barrier, meeting, party)
  )`,
  `\`signal\` (
    name varchar(100) primary key,
    party varchar(100) not null,
    value longtext comment 'JSON; null for none'
  )`,
  `turn (
    name varchar(100),
    round int,
    party varchar(100),
    state varchar(8) not null comment 'waiting, done or failed',
    parties text comment 'the order that it was told, as JSON',
    why text comment 'what it failed with',
    primary key (name, round, party)
  )`,
  `message (
    id varchar(100),
    receiver varchar(100),
    number bigint not null,
    sender varchar(100) not null,
    body longtext comment 'JSON; null for none',
    primary key (id, receiver),
    unique key (receiver, number)
  )`,
  `party (
    name varchar(100) primary key,
    number int comment 'order of joining; null for one that is expected',
    token varchar(64) comment 'alias of its session in the server',
    account varchar(255) comment 'whose sessions can see that alias; null if none can',
    state varchar(8) not null comment 'expected, in, left, failed or died',
    why text,
    doing text comment 'what it waits for',
    doing_since datetime(6),
    joined_at datetime(6),
    expires_at datetime(6) comment 'when it is taken for dead',
    ended_at datetime(6),
    parties text comment 'of whom it takes the group to be, as JSON',
    inbox bigint not null default 0 comment 'messages sent to it'
  )`,
]

const UNKNOWN_DATABASE = 1049
const UNKNOWN_TABLE = 1146

/** Makes the database of a group, and uses it. */
export async function createGroup(ask: Ask, database: string): Promise<void> {
  // What a party that was killed half way may have left.
  await dropGroup(ask, database)
  await ask(`create database ${quoteName(database)} character set utf8mb4 collate utf8mb4_bin`)
  await ask(`use ${quoteName(database)}`)
  for (const table of TABLES) await ask(`create table if not exists ${table}`)
}

export async function dropGroup(ask: Ask, database: string): Promise<void> {
  await ask(`drop database if exists ${quoteName(database)}`)
}

/** Does something with the tables of a group; undefined if there are none. */
export async function ifGroup<T>(ask: Ask, database: string, work: () => Promise<T>): Promise<T | undefined> {
  // Asked first: the server writes each statement on a table that is not there into its log.
  const tables = await ask(`select 1 from information_schema.tables where table_schema = ? and table_name = 'party'`, [
    database,
  ])
  if (tables.length === 0) return undefined
  try {
    return await work()
  } catch (error) {
    // Dropped since.
    const { errno } = error instanceof StatementError ? error : {}
    if (errno === UNKNOWN_DATABASE || errno === UNKNOWN_TABLE) return undefined
    throw error
  }
}
