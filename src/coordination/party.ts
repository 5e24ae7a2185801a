import type {
  BarrierOptions,
  Coordinator,
  Listener,
  Message,
  Passage,
  SignalOptions,
  TurnOptions,
  WaitOptions,
} from './coordinator.ts'
import { Barriers } from './barriers.ts'
import type { Members } from './members.ts'
import { Messages } from './messages.ts'
import { Signals } from './signals.ts'
import { Turns } from './turns.ts'

/** Where the parties of one process meet. */
export class Meeting {
  readonly members: Members
  readonly barriers: Barriers
  readonly signals: Signals
  readonly turns: Turns
  readonly messages: Messages

  constructor(members: Members) {
    this.members = members
    this.barriers = new Barriers(members)
    this.signals = new Signals(members)
    this.turns = new Turns(members)
    this.messages = new Messages(members)
  }
}

/** Place of one session among those of its run. */
export interface Place {
  /** Its number, from 0. */
  readonly index: number
  /** How many sessions the run has. */
  readonly count: number
  /** Aborted when the run is to end: because another session failed, the caller gave up, or the test ended. */
  readonly abortSignal: AbortSignal
}

/** One party of a meeting: what a session, or the test itself, coordinates through. */
export class Party implements Coordinator {
  readonly name: string
  readonly #meeting: Meeting

  constructor(meeting: Meeting, name: string) {
    this.#meeting = meeting
    this.name = name
  }

  barrier(name: string, options?: BarrierOptions): Promise<Passage> {
    return this.#arrive(() => `barrier(${JSON.stringify(name)})`, name, options)
  }

  ready(options?: WaitOptions): Promise<Passage> {
    return this.#arrive(() => 'ready()', 'ready', options)
  }

  signal(name: string, value?: unknown): Promise<void> {
    const given = this.#soon(() => this.#meeting.signals.give(this.name, name, value))
    return this.#watch(() => `signal(${JSON.stringify(name)})`, given)
  }

  waitFor<Value = unknown>(name: string, options?: SignalOptions): Promise<Value> {
    const wait = this.#meeting.signals.waitFor(this.name, name, options) as Promise<Value>
    return this.#watch(() => `waitFor(${JSON.stringify(name)})`, wait)
  }

  turn<T>(name: string, work: () => Promise<T> | T, options?: TurnOptions): Promise<T> {
    const taken = this.#meeting.turns.take(this.name, name, work, options)
    return this.#watch(() => `turn(${JSON.stringify(name)})`, taken)
  }

  send(to: string, body: unknown): Promise<void> {
    const sent = this.#soon(() => this.#meeting.messages.send(this.name, to, body))
    return this.#watch(() => `send(${JSON.stringify(to)}, …)`, sent)
  }

  broadcast(body: unknown): Promise<void> {
    return this.#watch(
      () => 'broadcast(…)',
      this.#soon(() => this.#meeting.messages.broadcast(this.name, body)),
    )
  }

  receive<Body = unknown>(options?: WaitOptions): Promise<Message<Body>> {
    const received = this.#meeting.messages.receive(this.name, options) as Promise<Message<Body>>
    return this.#watch(() => 'receive()', received)
  }

  listen<Body = unknown>(listener: Listener<Body>): () => void {
    return this.#meeting.messages.listen(this.name, listener as Listener)
  }

  #arrive(label: () => string, name: string, options: BarrierOptions | undefined): Promise<Passage> {
    return this.#watch(label, this.#passage(name, options))
  }

  async #passage(name: string, options: BarrierOptions | undefined): Promise<Passage> {
    return this.#meeting.barriers.arrive(this.name, name, options)
  }

  /** Does it at once; what it throws rejects. */
  async #soon(work: () => void): Promise<void> {
    work()
  }

  #watch<T>(label: () => string, work: Promise<T>): Promise<T> {
    return this.#meeting.members.watch(() => `${this.name}.${label()}`, work)
  }
}

/** What a session of a run coordinates through. */
export class RunCoordinator extends Party implements Place {
  readonly index: number
  readonly count: number
  readonly abortSignal: AbortSignal

  constructor(meeting: Meeting, name: string, { index, count, abortSignal }: Place) {
    super(meeting, name)
    this.index = index
    this.count = count
    this.abortSignal = abortSignal
  }
}
