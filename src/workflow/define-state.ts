import { WorkflowError } from '../errors.ts'
import type { State } from './state.ts'

/**
 * Defines a state of one's own, typed: the step returns what `run` returns.
 *
 * @throws {WorkflowError} if the name is not PascalCase or is taken by the machine itself.
 * @example
 * const checkingTiFlash = defineState({
 *   name: 'CheckingTiFlash',
 *   after: 'GettingVersion',
 *   async run({ connection }) {
 *     const [row] = await connection.query<{ n: number }>('select count(*) as n from information_schema.tiflash_replica')
 *     return { replicas: row?.n ?? 0 }
 *   },
 * })
 * export const test = createTest(workflow.with(checkingTiFlash))
 */
export function defineState<const Name extends string, Result, Local = undefined>(
  state: State<Name, Result, Local>,
): State<Name, Result, Local> {
  if (!/^[A-Z][A-Za-z0-9]*$/.test(state.name)) {
    throw new WorkflowError(`a state can't be called ${JSON.stringify(state.name)}`, {
      hints: ['write the name in PascalCase, such as CheckingTiFlash: its step is then tidb.checkingTiFlash()'],
    })
  }
  if (state.name === 'Error') {
    throw new WorkflowError('a state can\'t be called "Error": that is where a failed workflow ends')
  }
  return state
}
