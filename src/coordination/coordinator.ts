import type { Duration } from '../duration.ts'

/** How long a wait may take, and what gives it up. */
export interface WaitOptions {
  /** Deadline. Default: TIDB_WAIT_TIMEOUT_MS. */
  readonly within?: Duration | undefined
  /** Gives the wait up. */
  readonly signal?: AbortSignal | undefined
}

export interface BarrierOptions extends WaitOptions {
  /** Who meets there: how many, or their names. Default: every party of the same run or group. */
  readonly parties?: number | readonly string[] | undefined
}

export interface SignalOptions extends WaitOptions {
  /** Name of the party that will send it: if that party fails or ends first, the wait is over at once. */
  readonly from?: string | undefined
}

export interface TurnOptions extends WaitOptions {
  /** Names of the parties, in the order of their turns. Default: the parties of the same run or group, in their order. */
  readonly order?: readonly string[] | undefined
}

/** How a party got through a barrier. */
export interface Passage {
  /** Names of those who met, in the order in which they arrived. */
  readonly parties: readonly string[]
  /** Place of this party in that order, from 0: exactly one party has 0. */
  readonly place: number
  /** How long this party waited, in ms. */
  readonly waitedMs: number
}

/** What one party sent to another, or to all. */
export interface Message<Body = unknown> {
  /** Name of the party that sent it. */
  readonly from: string
  readonly body: Body
}

/** Called with each message, one at a time, in the order in which they were sent. */
export type Listener<Body = unknown> = (message: Message<Body>) => void | Promise<void>

/**
 * The meeting places of several parties, as one of them sees them. In one process a party is a session; through TiDB it
 * is a test in a worker, a shard or a machine. Both kinds keep the same promises:
 * - every wait has a deadline, and its error names who is missing and what each of them is doing;
 * - a party that fails or ends releases at once whoever can no longer get what they wait for, with that cause.
 */
export interface Coordinator {
  /** Name of this party. */
  readonly name: string

  /**
   * Waits until all parties have arrived, then lets all go on. The same name can be used again once all have passed.
   *
   * @throws {CoordinationError} at once if it can never be filled: too few may work at once, or one failed or ended.
   * @throws {DeadlineError} that names who arrived, who is missing, and the state of each missing one.
   * @example await coordinator.barrier('loaded', { within: '5s' })
   */
  barrier(name: string, options?: BarrierOptions): Promise<Passage>

  /** Waits until every party of the run or group is ready: a barrier of that name. */
  ready(options?: WaitOptions): Promise<Passage>

  /**
   * Says that something is so, for good: whoever waits for it goes on, and whoever comes later need not wait.
   *
   * @throws {CoordinationError} if it was said before with another value.
   */
  signal(name: string, value?: unknown): Promise<void>

  /**
   * Waits until somebody gave a signal of that name, and returns its value.
   *
   * @throws {CoordinationError} if `from`, or every other party, has failed or ended without giving it.
   * @throws {DeadlineError} past `within`.
   */
  waitFor<Value = unknown>(name: string, options?: SignalOptions): Promise<Value>

  /**
   * Does work when it is this party's turn: after the parties before it in the order have done theirs.
   *
   * @throws {CoordinationError} if a party before it failed or ended without its turn. {DeadlineError} past `within`.
   */
  turn<T>(name: string, work: () => Promise<T> | T, options?: TurnOptions): Promise<T>

  /** Sends a message to one party. @throws {CoordinationError} if there is no such party, or it has ended. */
  send(to: string, body: unknown): Promise<void>

  /** Sends a message to every other party that has not ended. */
  broadcast(body: unknown): Promise<void>

  /** The next message to this party, each once, in the order in which they were sent. @throws {DeadlineError} */
  receive<Body = unknown>(options?: WaitOptions): Promise<Message<Body>>

  /**
   * Hands each message to a listener from now on, those that nobody has received yet first. A listener that throws
   * fails its own party; later messages, and other parties, are not affected.
   *
   * @returns what ends it.
   */
  listen<Body = unknown>(listener: Listener<Body>): () => void
}
