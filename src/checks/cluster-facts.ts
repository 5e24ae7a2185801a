import type { Querier } from '../connection/ask.ts'
import { isLost } from '../connection/error-codes.ts'
import { GlobalPrivileges } from '../connection/grants.ts'
import { CheckError, DeadlineError } from '../errors.ts'
import { TiDBVersion } from '../version.ts'
import { CheckSession, type SessionOptions } from './check-session.ts'
import { notOfServer } from './system-schemas.ts'
import { readClusterInfo, silenceOf, type ClusterInfo, type Node } from './node.ts'

/** What the cluster, and the user who asks, must have for a check to say anything. */
export interface Needs {
  /** PD and stores: a server on unistore has none. */
  readonly stores?: boolean
  /** Asks the facts which nodes there are, and which answer. */
  readonly nodes?: boolean
  /** Reads a table `cluster_*`, which hangs or leaves rows out while a tidb-server does not answer. */
  readonly everyNode?: boolean
  /** Privileges on `*.*` without which the server leaves out rows, and says nothing. */
  readonly privileges?: readonly string[]
}

const ANSWER_WITHIN_MS = 3_000
const ignore = () => undefined

/** What several checks ask of a cluster; each is asked once, by whoever comes first. */
export class ClusterFacts {
  readonly #sessions: readonly [Querier, ...Querier[]]
  readonly #options: SessionOptions
  readonly #answerWithinMs: number
  readonly #before = new Map<Querier, Promise<unknown>>()
  /** Those that were cut, because of a node that hangs. */
  readonly #lost = new Set<Querier>()
  #statements = 0
  #turn = -1
  #hasStores: Promise<boolean> | undefined
  #privileges: Promise<GlobalPrivileges> | undefined
  #info: Promise<ClusterInfo> | undefined
  #silent: Promise<ReadonlyMap<Node, string>> | undefined
  #databases: Promise<readonly string[]> | undefined

  constructor(sessions: readonly [Querier, ...Querier[]], options: Omit<SessionOptions, 'check'>) {
    this.#sessions = sessions
    this.#options = { ...options, check: 'facts' }
    this.#answerWithinMs = Math.min(ANSWER_WITHIN_MS, options.withinMs)
  }

  /** Statements sent so far. */
  get statements(): number {
    return this.#statements
  }

  /** Asks for what these need, side by side. A failure reaches whoever needs the result. */
  async ask(needs: readonly Needs[]): Promise<void> {
    await Promise.allSettled([
      ...(needs.some(({ everyNode, nodes }) => everyNode ?? nodes) ? [this.silent()] : []),
      ...(needs.some(({ stores }) => stores) ? [this.#storesThere()] : []),
      ...(needs.some(({ privileges }) => privileges !== undefined) ? [this.#held()] : []),
    ])
  }

  /**
   * Asks through the session whose turn it is, once what was asked through it before has an answer: warnings are of the last
   * statement. If the session was cut meanwhile, another one is asked, if there is one.
   */
  async #through<T>(ask: (session: CheckSession) => Promise<T>): Promise<T> {
    this.#turn += 1
    const living = this.#sessions.filter((session) => !this.#lost.has(session))
    const querier = living[this.#turn % living.length] ?? this.#sessions[0]
    // Its own deadline: what is asked late has as long as what was asked first.
    const answer = (this.#before.get(querier) ?? Promise.resolve()).then(async () => {
      const session = new CheckSession(querier, this.#options)
      try {
        return await ask(session)
      } finally {
        this.#statements += session.cost.statements
      }
    })
    this.#before.set(querier, answer.then(ignore, ignore))
    try {
      return await answer
    } catch (error) {
      if (!isLost(error)) throw error
      this.#lost.add(querier)
      if (this.#lost.size === this.#sessions.length) throw error
      return this.#through(ask)
    }
  }

  /** What the server learns from PD. @throws {DeadlineError} if a member of it hangs; {StatementError} if none answers. */
  info(): Promise<ClusterInfo> {
    return (this.#info ??= this.#through((session) => readClusterInfo(session, this.#answerWithinMs)))
  }

  /** All parts of the cluster. @throws {DeadlineError} if PD does not say which there are. */
  async nodes(): Promise<readonly Node[]> {
    try {
      return (await this.info()).nodes
    } catch (cause) {
      if (!(cause instanceof DeadlineError)) throw cause
      throw new DeadlineError('PD to say what the cluster has (see pd-answers)', cause.withinMs, { cause })
    }
  }

  /** Those that are not the server's own: named in a condition, they spare it the columns of its hundreds of tables. */
  databases(): Promise<readonly string[]> {
    return (this.#databases ??= this.#through((session) =>
      session.query<{ name: string }>(
        `select schema_name as name from information_schema.schemata where ${notOfServer('schema_name')}`,
      ),
    ).then((rows) => rows.map(({ name }) => name)))
  }

  /** The tidb-servers that do not answer, and why. */
  silent(): Promise<ReadonlyMap<Node, string>> {
    return (this.#silent ??= this.#findSilent())
  }

  async #findSilent(): Promise<ReadonlyMap<Node, string>> {
    const servers = (await this.nodes()).filter(({ type }) => type === 'tidb')
    // The only one is the one that answered.
    if (servers.length < 2) return new Map()
    const asked = await Promise.allSettled(
      servers.map(async (node) => {
        const why = await this.#through((session) => silenceOf(session, node, this.#answerWithinMs))
        return [node, why] as const
      }),
    )
    const silent = new Map<Node, string>()
    for (const each of asked) {
      const [node, why] = each.status === 'fulfilled' ? each.value : []
      if (node !== undefined && why !== undefined) silent.set(node, why)
    }
    // Of those that nobody was left to ask nothing is known; that one is silent is.
    const failed = asked.find((each) => each.status === 'rejected')
    if (silent.size === 0 && failed !== undefined) throw failed.reason
    return silent
  }

  /** @throws {CheckError} that says what is missing. */
  async demand(check: string, { stores, everyNode, privileges = [] }: Needs = {}): Promise<void> {
    if (stores === true && !(await this.#storesThere())) {
      const what = 'not available here, because this server is on unistore, which has no PD and no stores'
      throw new CheckError(check, what, { silence: 'not-applicable' })
    }
    for (const privilege of privileges) {
      if ((await this.#held()).has(privilege, false)) continue
      throw new CheckError(check, `not available here, because this user does not have ${privilege} on *.*`, {
        silence: 'not-available',
        hints: [`grant it, or leave the check out: without it the server shows only a part`],
      })
    }
    if (everyNode !== true) return
    for (const [{ type, instance }, why] of await this.silent()) {
      throw new CheckError(check, `not available here, because ${type} ${instance} does not answer: ${why}`, {
        silence: 'not-available',
      })
    }
  }

  #storesThere(): Promise<boolean> {
    return (this.#hasStores ??= this.#through((session) =>
      session.query<{ report: string }>('select tidb_version() as report'),
    ).then(([row]) => TiDBVersion.parse(row?.report ?? '').store !== 'unistore'))
  }

  #held(): Promise<GlobalPrivileges> {
    return (this.#privileges ??= this.#through((session) => session.query<Record<string, string>>('show grants')).then(
      // Security enhanced mode is about dynamic privileges only.
      (rows) =>
        new GlobalPrivileges(
          rows.flatMap((row) => Object.values(row)),
          { enhancedSecurity: false },
        ),
    ))
  }
}
