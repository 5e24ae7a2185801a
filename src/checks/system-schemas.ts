/** A condition that leaves out what belongs to the server, for a column with the name of a schema. */
export function notOfServer(column: string): string {
  return `lower(${column}) not in ('mysql', 'sys', 'information_schema', 'performance_schema', 'metrics_schema')`
}
