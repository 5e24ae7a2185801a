import type { AnyCheck } from './check.ts'
import { ddlQueueMoving } from './ddl-queue-moving.ts'
import { noFailedImports } from './no-failed-imports.ts'
import { noOldTransactions } from './no-old-transactions.ts'
import { nodesAnswer } from './nodes-answer.ts'
import { versionsAlike } from './versions-alike.ts'

/** All checks, in the order in which they are listed. */
export const checks: readonly AnyCheck[] = [
  nodesAnswer,
  versionsAlike,
  ddlQueueMoving,
  noOldTransactions,
  noFailedImports,
]
