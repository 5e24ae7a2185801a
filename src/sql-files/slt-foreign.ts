const OF_DUCKDB = [
  ...['require-env', 'test-env', 'load', 'restart', 'concurrentloop', 'concurrentforeach', 'template'],
  ...['unzip', 'set', 'continue', 'tags', 'reset_label', 'endtemplate', 'import_template'],
]
const OF_COCKROACHDB = [
  ...['awaitstatement', 'awaitquery', 'traceon', 'traceoff', 'kv-batch-size', 'cluster-opt', 'tenant-cluster-opt'],
  ...['skip_on_retry', 'upgrade', 'nodeidx', 'query-sources-percent', 'tenant-capability-override-opt', 'skip'],
]

/** Whose a directive is that other runners know and this one does not; undefined of one that nobody knows. */
export function ownerOf(directive: string): string | undefined {
  return OF_DUCKDB.includes(directive) ? 'DuckDB' : OF_COCKROACHDB.includes(directive) ? 'CockroachDB' : undefined
}
