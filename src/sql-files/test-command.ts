import type { Place } from './sql-file-error.ts'

/** What the language of `.test` files knows and we carry out. */
export const COMMANDS = [
  ...['error', 'sorted_result', 'replace_column', 'replace_regex', 'replace_result', 'echo'],
  ...['enable_query_log', 'disable_query_log', 'enable_result_log', 'disable_result_log'],
  ...['enable_warnings', 'disable_warnings', 'enable_info', 'disable_info'],
  ...['enable_abort_on_error', 'disable_abort_on_error'],
  ...['vertical_results', 'horizontal_results', 'query_vertical', 'query_horizontal', 'lowercase_result'],
  ...['connect', 'connection', 'disconnect', 'dirty_close', 'reset_connection', 'ping'],
  ...['let', 'inc', 'dec', 'eval', 'query', 'send', 'send_eval', 'reap', 'sleep', 'real_sleep', 'exec'],
  ...['source', 'skip', 'exit', 'die', 'begin_concurrent', 'end_concurrent', 'remove_file', 'character_set'],
] as const

/** All but `source`, which is carried out when a file is read. */
export type CommandName = Exclude<(typeof COMMANDS)[number], 'source'>

/** Commands that send something, or take an answer: what they print is checked. */
export const SENDING: ReadonlySet<CommandName> = new Set([
  ...(['eval', 'query', 'query_vertical', 'query_horizontal', 'send', 'send_eval', 'reap', 'exec'] as const),
])

/** Whether a step is checked. `send` by itself is none: it is about the statement behind it. */
export function isCase(step: Step): boolean {
  if (step.kind === 'statement') return true
  return step.kind === 'command' && SENDING.has(step.name) && (step.argument !== '' || !step.name.startsWith('send'))
}

/** What mysqltest knows beside them. A file that needs one of these does not run here, and is told so. */
export const NOT_SUPPORTED: readonly string[] = [
  ...['system', 'result', 'require', 'save_master_pos', 'sync_with_master', 'sync_slave_with_master'],
  ...['wait_for_slave_to_stop', 'eval_result', 'enable_connect_log', 'disable_connect_log'],
  ...['enable_session_track_info', 'disable_session_track_info', 'enable_metadata', 'disable_metadata', 'execw'],
  ...['start_timer', 'end_timer', 'disable_ps_protocol', 'enable_ps_protocol', 'disable_reconnect'],
  ...['enable_reconnect', 'disable_parsing', 'enable_parsing', 'replace_numeric_round', 'file_exists'],
  ...['write_file', 'copy_file', 'perl', 'chmod', 'append_file', 'cat_file', 'diff_files', 'send_quit'],
  ...['change_user', 'mkdir', 'rmdir', 'list_files', 'list_files_write_file', 'list_files_append_file'],
  ...['send_shutdown', 'shutdown_server', 'result_format', 'move_file', 'remove_files_wildcard', 'output'],
  ...['single_query', 'wait_tiflash_replica_ready', 'query_attributes', 'assert', 'copy_files_wildcard'],
  ...['disable_testcase', 'enable_testcase', 'expr', 'force-cpdir', 'force-rmdir'],
]

/** One step of a file, in the order of the file. */
export type Step = Place &
  (
    | {
        readonly kind: 'statement'
        /** As the result has it: with its delimiter, lines trimmed. */
        readonly text: string
        /** As the server gets it. */
        readonly sql: string
        /** A comment behind it on its line, with what is white before it: mysql-tester echoed it until 2024. */
        readonly comment?: string
      }
    | { readonly kind: 'command'; readonly name: CommandName; readonly argument: string }
    | {
        readonly kind: 'unless'
        /** Goes on at another step if this is not true. */
        readonly condition: string
        readonly target: number
      }
    | { readonly kind: 'goto'; readonly target: number }
  ) & {
    /** Line of the file itself: of a step in a file that it sources, the line of that command. */
    readonly at: number
    /** The step from which on what this one did can't be done again: behind the loop that it is in. */
    readonly settledAt: number
  }

/** What errors and reports call a step. */
export function titleOf(step: Step): string {
  switch (step.kind) {
    case 'statement':
      return step.text
    case 'command':
      return `${step.name} ${step.argument}`
    case 'unless':
      return step.condition
    case 'goto':
      return step.kind
  }
}
