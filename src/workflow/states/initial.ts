import { wallTime } from '../../clock.ts'
import { WorkflowError } from '../../errors.ts'
import { HandlerContext } from '../context.ts'
import { defineState } from '../define-state.ts'

/** Initial: nothing has been read and nothing is connected. */
export const initial = defineState({
  name: 'Initial',
  retry: 'never',
  run(context) {
    if (!HandlerContext.controlOf(context).isFresh) {
      throw new WorkflowError('Initial was entered by a session that already has a configuration or a connection')
    }
    return { name: context.name, startedAt: new Date(wallTime()) }
  },
})
