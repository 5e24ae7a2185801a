import './matchers/index.ts'
import './provided.ts'

export { expect } from 'vitest'
export { loadConfig, type Config, type ConfigSources } from './config/config.ts'
export { Secret } from './config/secret.ts'
export type { SessionSettings } from './config/session-settings.ts'
export type { Settings } from './config/settings.ts'
export { BreakerOpenError } from './connection/breaker.ts'
export { TiDBConnection, type StatementOptions, type Value } from './connection/connection.ts'
export type { Row, Rows } from './connection/rows.ts'
export type { LockWait } from './connection/lock-wait.ts'
export type { LoggedStatement } from './connection/statement-log.ts'
export type { Outcome, RunFailure, SessionResult } from './coordination/outcome.ts'
export { ConnectionCoordinator, type ConnectionCoordinatorOptions } from './coordination/connection-coordinator.ts'
export type {
  BarrierOptions,
  Coordinator,
  Listener,
  Message,
  Passage,
  SignalOptions,
  TurnOptions,
  WaitOptions,
} from './coordination/coordinator.ts'
export { defineConnection, type ConnectionPlan, type Work } from './coordination/define-connection.ts'
export {
  MultiConnectionStateMachine,
  type MultiConnectionOptions,
  type RunOptions,
} from './coordination/multi-connection.ts'
export type { GroupOptions } from './group/options.ts'
export { TiDBCoordinator } from './group/tidb-coordinator.ts'
export type { Party, RunCoordinator } from './coordination/party.ts'
export type {
  TiDBPool,
  PermutationsOptions,
  PoolRunOptions,
  StepsOptions,
  WorkloadOptions,
} from './coordination/pool.ts'
export type {
  SharedState,
  ConnectionStatus,
  CoordinationEvent,
  SeenImportJob,
  SharedStateSnapshot,
} from './coordination/shared-state.ts'
export type { Duration } from './duration.ts'
export {
  AbortedError,
  ConfigError,
  CoordinationError,
  DeadlineError,
  HistoryError,
  InterleavingError,
  ImportJobError,
  JobScriptError,
  LeftOpenError,
  LockAccountError,
  RequirementError,
  ServerError,
  StatementError,
  StateError,
  TiDBError,
  WorkflowError,
  type ServerAnswer,
} from './errors.ts'
export type { ConnectionOptions } from './fixtures/connection-options.ts'
export { DatabaseStockError } from './global-setup/database-stock.ts'
export type { FailureReport } from './report/failure-report.ts'
export type { SessionReport } from './report/session-report.ts'
export type { Faults, NetworkTarget } from './fixtures/faults.ts'
export type { DelayOptions, Direction, Network, OneWay } from './fixtures/network.ts'
export type { OwnServer, OwnServerSettings } from './fixtures/own-server.ts'
export type { RunNode, RunServer } from './fixtures/server.ts'
export type { Cluster, ClusterOptions, NodeOptions } from './server/cluster/cluster.ts'
export type { ClusterMember, MemberState } from './server/cluster/member.ts'
export type { NodeLease } from './server/cluster/leases.ts'
export type { ClusterNode } from './server/cluster/node.ts'
export type { JoinGroup, JoinOptions } from './fixtures/group.ts'
export { requires } from './fixtures/requires.ts'
export type { Requirements } from './requirements/requirements.ts'
export { createTest, test, test as it, type TiDBFixtures, type TiDBPoolOptions } from './fixtures/test.ts'
export type { Interleaving, StepResult } from './interleaving/interleaving.ts'
export type { Interleavings } from './interleaving/permutations.ts'
export type { ExpectedOutcome, InterleavingPlan, SessionPlan, Step } from './interleaving/plan.ts'
export { parseScript, type Script } from './interleaving/script.ts'
export type { ImportJobs, ImportWatchOptions, ScriptOptions, StartOptions } from './fixtures/import-jobs.ts'
export type { PlayedImports } from './fixtures/played-imports.ts'
export type { HistoryRead, ImportHistory } from './import-history/import-history.ts'
export { ImportJob, type ImportStep } from './import-jobs/import-job.ts'
export type { ImportJobList } from './import-jobs/import-job-list.ts'
export type {
  CurvePoint,
  ImportOutcome,
  ImportPhase,
  ImportRecord,
  ImportSummary,
  PaceComparison,
  TimeLineEntry,
} from './import-jobs/import-record.ts'
export type { JobReference } from './import-jobs/job-id.ts'
export { ImportJobMonitor, type DiscoverOptions, type MonitorOptions } from './import-jobs/monitor.ts'
export {
  WatchedImportJob,
  type ImportJobSnapshot,
  type WatchOptions,
  type WatchWaitOptions,
} from './import-jobs/watched-import-job.ts'
export { loadJobScript, parseJobScript } from './job-script/parse.ts'
export { playJobScript } from './job-script/play-job-script.ts'
export type { Play, PlayOptions } from './job-script/play.ts'
export type { PlayedJob, PlayEnd } from './job-script/playing.ts'
export type { JobScript } from './job-script/script.ts'
export type { ProvidedTiDB } from './provided.ts'
export type { ProviderName, ServerNode } from './server/server.ts'
export type { StateTransition } from './transition.ts'
export type { TiDBVersion } from './version.ts'
export { defineState } from './workflow/define-state.ts'
export { workflow, type BuiltInResults } from './workflow/default-workflow.ts'
export type { Session, SessionOptions, Steps } from './workflow/session.ts'
export type { SentStatement, StatementOutcome } from './workflow/sent-statement.ts'
export type { State, StateContext } from './workflow/state.ts'
export type { StateMachine, StateMachineOptions, StepOptions } from './workflow/state-machine.ts'
export type { Workflow } from './workflow/workflow.ts'
