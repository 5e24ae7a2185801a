import { toAnswer, type TextConnection, type TextRow } from '../connection/text-connection.ts'
import { ServerError } from '../errors.ts'
import { quoteName } from '../quote-name.ts'

/** What a file may leave behind that is no database: each with the statement that lists it. */
const PARTS = {
  databases: 'show databases',
  test: "select table_name from information_schema.tables where table_schema = 'test' order by 1",
  users: 'select * from mysql.user order by host, user',
  privileges: 'select host, user, priv from mysql.global_priv order by 1, 2',
  databasePrivileges: 'select * from mysql.db order by host, db, user',
  tablePrivileges:
    'select host, db, user, table_name, table_priv, column_priv from mysql.tables_priv order by 1, 2, 3, 4',
  columnPrivileges:
    'select host, db, user, table_name, column_name, column_priv from mysql.columns_priv order by 1, 2, 3, 4, 5',
  dynamicPrivileges: 'select * from mysql.global_grants order by 1, 2, 3',
  roles: 'select * from mysql.role_edges order by 1, 2, 3, 4',
  defaultRoles: 'select * from mysql.default_roles order by 1, 2, 3, 4',
  // And not mysql.global_variables, which does not have those of the instance, such as max_connections.
  variables: 'show global variables',
  bindings:
    "select original_sql, bind_sql, status, sql_digest from mysql.bind_info where status <> 'deleted' order by 1, 2",
  expressions: 'select * from mysql.expr_pushdown_blacklist order by 1, 2, 3',
  rules: 'select * from mysql.opt_rule_blacklist order by 1',
  policies: 'select * from information_schema.placement_policies order by policy_name',
  groups: 'select * from information_schema.resource_groups order by name',
} as const

/** Variables that nobody can set, which show others. */
const DERIVED = new Set(['tidb_config'])

type Part = keyof typeof PARTS
const names = Object.keys(PARTS) as Part[]

/** What is on a server that a file may change, by its own account. */
export type ServerState = Readonly<Record<Part, readonly TextRow[]>>

/** Reads it, in one round trip. @throws {ServerError} if the server does not tell. */
export function readState(connection: TextConnection): Promise<ServerState> {
  return readParts(connection, names)
}

async function readParts<Of extends Part>(
  connection: TextConnection,
  parts: readonly Of[],
): Promise<Readonly<Record<Of, readonly TextRow[]>>> {
  const { results, refusal } = await connection.send(parts.map((name) => PARTS[name]).join(';'))
  if (refusal !== undefined || results.length !== parts.length) {
    throw new ServerError('the server does not tell what is on it, so that it could not be undone', {
      host: connection.host,
      ...(refusal !== undefined && { answer: toAnswer(refusal) }),
    })
  }
  return Object.fromEntries(parts.map((name, at) => [name, results[at]?.rows ?? []])) as Record<Of, readonly TextRow[]>
}

/** What a file left. */
function leftIn(before: ServerState, after: ServerState): readonly Part[] {
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

/**
 * Undoes what a file left: databases, accounts, variables, bindings.
 *
 * @returns whether the server is as it was before, by its own account. If it is not, another server has to take its place.
 */
export async function undoAll(connection: TextConnection, before: ServerState): Promise<boolean> {
  const after = await readState(connection)
  const left = leftIn(before, after)
  if (left.length === 0) return true
  for (const sql of undoing(before, after)) {
    const { refusal } = await connection.send(sql)
    if (refusal !== undefined) return false
  }
  return leftIn(before, { ...after, ...(await readParts(connection, left)) }).length === 0
}

function undoing(before: ServerState, after: ServerState): string[] {
  const added = (part: Part, key: (row: TextRow) => string) => {
    const known = new Set(before[part].map(key))
    return after[part].filter((row) => !known.has(key(row)))
  }
  const account = ([host, user]: TextRow) => `${quoteText(user)}@${quoteText(host)}`
  const old = new Map(before.variables.map(([name, value]) => [name, value]))
  return [
    ...added('databases', ([name]) => name ?? '').map(([name]) => `drop database ${quoteName(name ?? '')}`),
    ...(JSON.stringify(before.test) === JSON.stringify(after.test)
      ? []
      : ['drop database if exists test', 'create database test']),
    ...added('users', account).map((row) => `drop user ${account(row)}`),
    ...added('policies', ([, , name]) => name ?? '').map(
      ([, , name]) => `drop placement policy ${quoteName(name ?? '')}`,
    ),
    ...added('groups', ([name]) => name ?? '').map(([name]) => `drop resource group ${quoteName(name ?? '')}`),
    ...after.variables.flatMap(([name, value]) =>
      !name || DERIVED.has(name) || !old.has(name) || old.get(name) === value
        ? []
        : [`set global ${quoteName(name)} = ${quoteText(old.get(name))}`],
    ),
    ...added('bindings', (row) => JSON.stringify(row)).map(
      ([, , , digest]) => `drop global binding for sql digest ${quoteText(digest)}`,
    ),
  ]
}

function quoteText(text: string | null | undefined): string {
  return `'${(text ?? '').replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
