import type { AnyCheck } from './check.ts'
import { accountsHavePasswords } from './accounts-have-passwords.ts'
import { allPrivilegesListed } from './all-privileges-listed.ts'
import { autoIncrementHasRoom } from './auto-increment-has-room.ts'
import { autoRandomHasRoom } from './auto-random-has-room.ts'
import { certificateNotExpiring } from './certificate-not-expiring.ts'
import { clocksAlike } from './clocks-alike.ts'
import { collationsAlike } from './collations-alike.ts'
import { configurationAlike } from './configuration-alike.ts'
import { connectionsBelowLimit } from './connections-below-limit.ts'
import { ddlOwnerAnswers } from './ddl-owner-answers.ts'
import { ddlQueueMoving } from './ddl-queue-moving.ts'
import { filesBelowLimit } from './files-below-limit.ts'
import { gcMoving } from './gc-moving.ts'
import { importsMoving } from './imports-moving.ts'
import { indexesNotRedundant } from './indexes-not-redundant.ts'
import { indexesUsed } from './indexes-used.ts'
import { leadersBalanced } from './leaders-balanced.ts'
import { memoryBelowLimit } from './memory-below-limit.ts'
import { noDdlHeldUp } from './no-ddl-held-up.ts'
import { noDeadlocks } from './no-deadlocks.ts'
import { noFailedDdl } from './no-failed-ddl.ts'
import { noFailedImports } from './no-failed-imports.ts'
import { noHotRegions } from './no-hot-regions.ts'
import { noIdleTransactions } from './no-idle-transactions.ts'
import { noLockWaits } from './no-lock-waits.ts'
import { noMemoryKills } from './no-memory-kills.ts'
import { noOldTransactions } from './no-old-transactions.ts'
import { noRecentRestarts } from './no-recent-restarts.ts'
import { noRunawayQueries } from './no-runaway-queries.ts'
import { noSlowStatements } from './no-slow-statements.ts'
import { noSpills } from './no-spills.ts'
import { nodesAnswer } from './nodes-answer.ts'
import { passwordsNotExpired } from './passwords-not-expired.ts'
import { pdAnswers } from './pd-answers.ts'
import { peersNormal } from './peers-normal.ts'
import { placementScheduled } from './placement-scheduled.ts'
import { plansStable } from './plans-stable.ts'
import { resourceGroupsHaveRoom } from './resource-groups-have-room.ts'
import { rootNotFromAnywhere } from './root-not-from-anywhere.ts'
import { sequencesHaveRoom } from './sequences-have-room.ts'
import { settingsAsExpected } from './settings-as-expected.ts'
import { statementsUseIndex } from './statements-use-index.ts'
import { statisticsFresh } from './statistics-fresh.ts'
import { storesHaveRoom } from './stores-have-room.ts'
import { storesUp } from './stores-up.ts'
import { tablesHavePrimaryKey } from './tables-have-primary-key.ts'
import { tiflashReplicasReady } from './tiflash-replicas-ready.ts'
import { tlsRequired } from './tls-required.ts'
import { ttlJobsOnTime } from './ttl-jobs-on-time.ts'
import { versionsAlike } from './versions-alike.ts'

/** All checks, in the order in which they are listed: nodes, storage, schema, work, imports, accounts. */
export const checks: readonly AnyCheck[] = [
  nodesAnswer,
  versionsAlike,
  noRecentRestarts,
  configurationAlike,
  settingsAsExpected,
  clocksAlike,
  certificateNotExpiring,
  connectionsBelowLimit,
  memoryBelowLimit,
  noMemoryKills,
  filesBelowLimit,
  pdAnswers,
  storesUp,
  storesHaveRoom,
  leadersBalanced,
  peersNormal,
  placementScheduled,
  tiflashReplicasReady,
  noHotRegions,
  ddlOwnerAnswers,
  ddlQueueMoving,
  noDdlHeldUp,
  noFailedDdl,
  tablesHavePrimaryKey,
  statisticsFresh,
  autoIncrementHasRoom,
  autoRandomHasRoom,
  sequencesHaveRoom,
  collationsAlike,
  indexesUsed,
  indexesNotRedundant,
  ttlJobsOnTime,
  noOldTransactions,
  noIdleTransactions,
  noLockWaits,
  noDeadlocks,
  noSlowStatements,
  statementsUseIndex,
  plansStable,
  noSpills,
  noRunawayQueries,
  resourceGroupsHaveRoom,
  gcMoving,
  noFailedImports,
  importsMoving,
  accountsHavePasswords,
  rootNotFromAnywhere,
  allPrivilegesListed,
  passwordsNotExpired,
  tlsRequired,
]
