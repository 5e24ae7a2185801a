import { performance } from '../../clock.ts'
import { WorkflowError } from '../../errors.ts'
import { defineState } from '../define-state.ts'
import { formatDuration } from '../../number-format.ts'

export interface TestingConnectionResult {
  /** `CONNECTION_ID()` as the server answers it; behind a proxy it may differ from that of the greeting. */
  readonly connectionId: number
  /** Time of the round trip, in ms. */
  readonly roundTripMs: number
}

let sent = 0

/** TestingConnection: a value goes to the server and must come back. */
export const testingConnection = defineState({
  name: 'TestingConnection',
  needs: ['Connecting'],
  finding: ({ roundTripMs }: TestingConnectionResult) => `round trip ${formatDuration(roundTripMs)}`,
  async run({ connection }): Promise<TestingConnectionResult> {
    sent += 1
    const token = `${process.pid}-${sent}`
    const started = performance.now()
    const [row] = await connection.query<{ token: string; id: number }>('select ? as token, connection_id() as id', [
      token,
    ])
    if (row?.token !== token) {
      throw new WorkflowError(`the server was sent ${token} and answered ${JSON.stringify(row?.token)}`, {
        hints: ['check what is in between: a proxy or cache that answers for the server is not what is tested here'],
      })
    }
    return { connectionId: row.id, roundTripMs: performance.now() - started }
  },
})
