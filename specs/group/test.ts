import { randomUUID } from 'node:crypto'
import { test as base, type JoinOptions } from 'vitest-tidb'
import { quoteName } from '../../src/quote-name.ts'
import { groupDatabase } from '../../src/group/name.ts'

export const test = base
  // A group of the test's own.
  .extend('group', () => randomUUID())
  // Joins it, under a name.
  .extend('join', ({ joinGroup, group }) => {
    return (name: string, options: Omit<JoinOptions, 'name'> = {}) => joinGroup(group, { name, ...options })
  })
  // Whether its database is on the server.
  .extend('groupExists', ({ tidb, group }) => async () => {
    const found = await tidb.query('select 1 from information_schema.schemata where schema_name = ?', [
      groupDatabase(group),
    ])
    return found.length === 1
  })
  // What a party of it says it does.
  .extend('doing', ({ tidb, group }) => async (name: string) => {
    const found = await tidb.query<{ doing: string | null }>(
      `select doing from ${quoteName(groupDatabase(group))}.party where name = ?`,
      [name],
    )
    return found[0]?.doing
  })
