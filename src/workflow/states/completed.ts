import { wallTime } from '../../clock.ts'
import { defineState } from '../define-state.ts'

export interface CompletedResult {
  /** When the last state was left. */
  readonly completedAt: Date
}

/** Completed: every state of the workflow was passed. */
export const completed = defineState({
  name: 'Completed',
  needs: ['Initial'],
  retry: 'never',
  run: (): CompletedResult => ({ completedAt: new Date(wallTime()) }),
})
