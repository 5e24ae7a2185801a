import type { AnomalyName, Base } from './finding.ts'
import { bitOf, type Edge, type Graph, type Kinds } from './graph.ts'

const WW = bitOf('ww')
const WR = bitOf('wr')
const RW = bitOf('rw')

/** Orders that are taken into account beside what was read: first none, so that a cycle is told by the least it needs. */
const PROCESS = bitOf('process')
const ORDERED = PROCESS | bitOf('realtime')
const TIERS: readonly Kinds[] = [0, PROCESS, ORDERED]

interface Shape {
  readonly anomaly: AnomalyName
  readonly base: Base
  /** Kinds of edges that it may have. */
  readonly kinds: Kinds
  /** The kind that a cycle of it has at least once. */
  readonly first: Kinds
  /**
   * What the rest of the cycle is like: without `rw`; or with, and no two of them in a row; or `adjacent`, where the first
   * two are in a row.
   */
  readonly rest: 'without rw' | 'nonadjacent' | 'adjacent'
}

/**
 * The cycles that levels forbid: G0 to G2 of Adya, G-nonadjacent of Elle. Snapshot isolation allows a cycle if two `rw`
 * follow each other in it, and no other (Fekete and others, Making snapshot isolation serializable, 2005).
 */
const SHAPES: readonly Shape[] = [
  { anomaly: 'G0', base: 'read uncommitted', kinds: WW, first: WW, rest: 'without rw' },
  { anomaly: 'G1c', base: 'read committed', kinds: WW | WR, first: WR, rest: 'without rw' },
  { anomaly: 'G-single', base: 'snapshot isolation', kinds: WW | WR | RW, first: RW, rest: 'without rw' },
  { anomaly: 'G-nonadjacent', base: 'snapshot isolation', kinds: WW | WR | RW, first: RW, rest: 'nonadjacent' },
  { anomaly: 'G2-item', base: 'serializable', kinds: WW | WR | RW, first: RW, rest: 'adjacent' },
]

/** A cycle, by its edges in their order. */
export interface Cycle {
  readonly anomaly: AnomalyName
  readonly base: Base
  readonly edges: readonly Edge[]
}

/** How many edges are looked at for the shortest cycle of one kind in one tangle; one that was found by then is told. */
const MOST_STEPS = 5_000_000

/**
 * The shortest cycle of each kind in each tangle of transactions that lead to each other.
 *
 * @param transactions how many of the nodes are transactions: the others are moments.
 */
export function cyclesOf(graph: Graph, transactions: number): Cycle[] {
  if (graph.components(WW | WR | RW | ORDERED).length === 0) return []
  const search = new Search(graph, transactions)
  const found: Cycle[] = []
  for (const kinds of TIERS) {
    for (const shape of SHAPES) {
      for (const component of graph.components(shape.kinds | kinds)) {
        const members = new Set(component)
        const isTold = found.some(
          ({ anomaly, edges }) => anomaly === shape.anomaly && edges.every(({ from }) => members.has(from)),
        )
        if (isTold) continue
        const edges = search.shortest(shape, shape.kinds | kinds, members)
        if (edges !== undefined) found.push({ anomaly: shape.anomaly, base: shape.base, edges })
      }
    }
  }
  return found
}

/** Looks for paths; what it notes of nodes is kept from one to the next, as there are many. */
class Search {
  readonly #graph: Graph
  readonly #transactions: number
  /** By node and by what the path to it was like: in which search it was reached, from where, and by which edge. */
  readonly #reached: Uint32Array
  readonly #from: Int32Array
  readonly #by: Uint32Array
  #round = 0
  #steps = 0

  constructor(graph: Graph, transactions: number) {
    this.#graph = graph
    this.#transactions = transactions
    this.#reached = new Uint32Array(graph.nodes * STATES)
    this.#from = new Int32Array(graph.nodes * STATES)
    this.#by = new Uint32Array(graph.nodes * STATES)
  }

  /** @returns the edges of the shortest cycle of that shape within some nodes; undefined if there is none. */
  shortest({ first, rest }: Shape, kinds: Kinds, members: ReadonlySet<number>): Edge[] | undefined {
    const { edges } = this.#graph
    this.#steps = 0
    let best: number[] | undefined
    let length = Number.POSITIVE_INFINITY
    for (const node of [...members].sort((one, other) => one - other)) {
      for (const start of this.#edgesOf(node, first, members)) {
        if (this.#steps > MOST_STEPS && best !== undefined) break
        const seconds = rest === 'adjacent' ? this.#edgesOf(edges.to(start), RW, members) : [undefined]
        for (const second of seconds) {
          const begun = second === undefined ? [start] : [start, second]
          const end = edges.to(begun.at(-1) ?? start)
          const way = end === node ? [] : this.#way(end, node, kinds, rest, members, length - begun.length)
          if (way === undefined || (end === node && rest === 'nonadjacent')) continue
          const cycle = [...begun, ...way]
          const cost = this.#lengthOf(cycle)
          if (cost < length && this.#isSimple(cycle)) [best, length] = [cycle, cost]
        }
      }
    }
    return best && this.#withoutMoments(best)
  }

  #edgesOf(node: number, kind: Kinds, members: ReadonlySet<number>): number[] {
    const { edges } = this.#graph
    const found: number[] = []
    for (let place = this.#graph.begin(node); place < this.#graph.begin(node + 1); place += 1) {
      const edge = this.#graph.at(place)
      if ((edges.bit(edge) & kind) !== 0 && members.has(edges.to(edge))) found.push(edge)
    }
    return found
  }

  /** How many transactions a path takes: what leads to a moment is free. */
  #lengthOf(path: readonly number[]): number {
    return path.filter((edge) => this.#graph.edges.to(edge) < this.#transactions).length
  }

  /**
   * Whether it passes each node once. One that does not is made of shorter cycles, at least one of which is forbidden by
   * the same level and found by itself.
   */
  #isSimple(cycle: readonly number[]): boolean {
    return new Set(cycle.map((edge) => this.#graph.edges.to(edge))).size === cycle.length
  }

  /** The shortest way from one node to another, of fewer transactions than `most`. */
  #way(
    start: number,
    goal: number,
    kinds: Kinds,
    rest: Shape['rest'],
    members: ReadonlySet<number>,
    most: number,
  ): number[] | undefined {
    const { edges } = this.#graph
    this.#round += 1
    // What went before the start of a nonadjacent way is its first `rw`.
    const origin = start * STATES + (rest === 'nonadjacent' ? AFTER_RW : 0)
    this.#note(origin, -1, 0)
    let frontier = [origin]
    for (let length = 1; length < most && frontier.length > 0; length += 1) {
      const next: number[] = []
      // It grows meanwhile by what costs nothing.
      for (const state of frontier) {
        const node = Math.floor(state / STATES)
        for (let place = this.#graph.begin(node); place < this.#graph.begin(node + 1); place += 1) {
          this.#steps += 1
          const edge = this.#graph.at(place)
          const bit = edges.bit(edge)
          if ((bit & kinds) === 0) continue
          const to = edges.to(edge)
          const after = stateAfter(state % STATES, bit === RW, rest)
          if (after === undefined || !members.has(to)) continue
          const reached = to * STATES + after
          if (this.#reached[reached] === this.#round) continue
          this.#note(reached, state, edge)
          if (to === goal && isWhole(after, rest)) return this.#path(reached)
          if (to < this.#transactions) next.push(reached)
          else frontier.push(reached)
        }
      }
      frontier = next
    }
    return undefined
  }

  #note(state: number, from: number, by: number): void {
    this.#reached[state] = this.#round
    this.#from[state] = from
    this.#by[state] = by
  }

  #path(end: number): number[] {
    const path: number[] = []
    for (let state = end; (this.#from[state] ?? -1) !== -1; state = this.#from[state] ?? -1) {
      path.push(this.#by[state] ?? 0)
    }
    return path.reverse()
  }

  /** One edge in the place of those from a transaction through moments to the next transaction. */
  #withoutMoments(cycle: readonly number[]): Edge[] {
    const { edges } = this.#graph
    const told: Edge[] = []
    let from: number | undefined
    for (const at of cycle) {
      const edge = edges.edge(at)
      if (edge.to >= this.#transactions) {
        from ??= edge.from
        continue
      }
      told.push({ ...edge, from: from ?? edge.from })
      from = undefined
    }
    return told
  }
}

/** What the way to a node was like: with another `rw`, and whether its last edge was one. */
const STATES = 4
const AFTER_RW = 1
const WITH_RW = 2

function stateAfter(state: number, isRw: boolean, rest: Shape['rest']): number | undefined {
  if (rest === 'adjacent') return 0
  if (rest === 'without rw') return isRw ? undefined : 0
  if (!isRw) return state & WITH_RW
  return (state & AFTER_RW) === 0 ? AFTER_RW | WITH_RW : undefined
}

/** Whether a cycle is one of its shape when the way has come to its end: a nonadjacent one has two `rw`, and none last. */
function isWhole(state: number, rest: Shape['rest']): boolean {
  return rest !== 'nonadjacent' || state === WITH_RW
}
