import type { Ask } from '../connection/ask.ts'
import { HistoryError } from '../errors.ts'
import { FORMAT, versionFault } from './record-line.ts'

export const TABLE = 'import_history'

// utf8mb4_bin: names that differ in case or accents are two names. Times are in UTC.
const CREATE = `create table if not exists ${TABLE} (
    id char(64) character set ascii collate ascii_bin primary key comment 'SHA-256 of the record: it is here once',
    v int not null comment 'format of the record',
    name varchar(700) not null,
    at datetime(3) not null comment 'when its watch ended, in UTC',
    outcome varchar(64) not null,
    record json not null,
    key (name, at)
  ) character set utf8mb4 collate utf8mb4_bin comment 'vitest-tidb history of import jobs, format ${FORMAT}'`

const COMMENT = /^vitest-tidb history of import jobs, format (\d+)$/

/**
 * Makes the table if it is missing.
 *
 * @throws {HistoryError} if the table is of a later version, or somebody else's.
 */
export async function ensureTable(ask: Ask, where: string): Promise<void> {
  // Looked for first: a user who may only read and append need not be one who may create.
  let comment = await commentOf(ask)
  if (comment === undefined) {
    await ask(CREATE)
    comment = await commentOf(ask)
  }
  const version = COMMENT.exec(comment ?? '')?.[1]
  if (version === String(FORMAT)) return
  const fault = version === undefined ? 'is not a history of import jobs' : versionFault(Number(version))
  throw new HistoryError(`${where} ${fault}`, {
    hints: ['name another database in TIDB_IMPORT_HISTORY_URL'],
  })
}

async function commentOf(ask: Ask): Promise<string | undefined> {
  const [table] = await ask<{ comment: string }>(
    `select table_comment as comment from information_schema.tables
      where table_schema = database() and table_name = '${TABLE}'`,
  )
  return table?.comment
}
