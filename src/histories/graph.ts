/**
 * Why one transaction comes before another. `ww`: it appended the value before. `wr`: the other read what it appended.
 * `rw`: it read the list before the other appended. `process`: the same session had it before. `realtime`: it had ended
 * when the other began.
 */
export type EdgeKind = 'ww' | 'wr' | 'rw' | 'process' | 'realtime'

const KINDS = ['ww', 'wr', 'rw', 'process', 'realtime'] as const satisfies readonly EdgeKind[]

/** An edge between two transactions, by their places in the history. */
export interface Edge {
  readonly from: number
  readonly to: number
  readonly kind: EdgeKind
  /** The list, and the values of it that the edge is inferred from; none of `process` and `realtime`. */
  readonly key?: number | undefined
  /** What the first one appended, or read last: undefined if it read an empty list. */
  readonly before?: number | undefined
  /** What the second one appended, or read. */
  readonly after?: number | undefined
}

/** Bits of kinds. */
export type Kinds = number

export function bitOf(kind: EdgeKind): Kinds {
  return 1 << KINDS.indexOf(kind)
}

/** Edges, gathered one by one. */
export class EdgeList {
  #from = new Uint32Array(1024)
  #to = new Uint32Array(1024)
  #kind = new Uint8Array(1024)
  #key = new Float64Array(1024)
  #before = new Float64Array(1024)
  #after = new Float64Array(1024)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(from: number, to: number, kind: EdgeKind, key = Number.NaN, before = Number.NaN, after = Number.NaN): void {
    if (from === to) return
    if (this.#count === this.#from.length) this.#grow()
    const at = this.#count++
    this.#from[at] = from
    this.#to[at] = to
    this.#kind[at] = KINDS.indexOf(kind)
    this.#key[at] = key
    this.#before[at] = before
    this.#after[at] = after
  }

  from(at: number): number {
    return this.#from[at] ?? 0
  }

  to(at: number): number {
    return this.#to[at] ?? 0
  }

  /** Its kind, as a bit. */
  bit(at: number): Kinds {
    return 1 << (this.#kind[at] ?? 0)
  }

  edge(at: number): Edge {
    const known = (value = Number.NaN) => (Number.isNaN(value) ? undefined : value)
    return {
      from: this.from(at),
      to: this.to(at),
      kind: KINDS[this.#kind[at] ?? 0] ?? 'ww',
      key: known(this.#key[at]),
      before: known(this.#before[at]),
      after: known(this.#after[at]),
    }
  }

  #grow(): void {
    const grown = <T extends Uint32Array | Uint8Array | Float64Array>(old: T, made: T): T => {
      made.set(old)
      return made
    }
    const size = this.#from.length * 2
    this.#from = grown(this.#from, new Uint32Array(size))
    this.#to = grown(this.#to, new Uint32Array(size))
    this.#kind = grown(this.#kind, new Uint8Array(size))
    this.#key = grown(this.#key, new Float64Array(size))
    this.#before = grown(this.#before, new Float64Array(size))
    this.#after = grown(this.#after, new Float64Array(size))
  }
}

/** Edges by the node that they lead from. */
export class Graph {
  readonly nodes: number
  readonly edges: EdgeList
  readonly #starts: Uint32Array
  readonly #out: Uint32Array

  constructor(nodes: number, edges: EdgeList) {
    this.nodes = nodes
    this.edges = edges
    const starts = new Uint32Array(nodes + 1)
    for (let at = 0; at < edges.count; at += 1) starts[edges.from(at) + 1] = (starts[edges.from(at) + 1] ?? 0) + 1
    for (let node = 0; node < nodes; node += 1) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0)
    const next = starts.slice()
    const out = new Uint32Array(edges.count)
    for (let at = 0; at < edges.count; at += 1) {
      const from = edges.from(at)
      const place = next[from] ?? 0
      out[place] = at
      next[from] = place + 1
    }
    this.#starts = starts
    this.#out = out
  }

  /** Where the edges of a node begin; those of the next node begin where they end. */
  begin(node: number): number {
    return this.#starts[node] ?? 0
  }

  /** The edge at such a place. */
  at(place: number): number {
    return this.#out[place] ?? 0
  }

  /**
   * Sets of nodes that all lead to each other by edges of some kinds, those of one node left out.
   *
   * R. Tarjan, Depth-first search and linear graph algorithms, 1972; without recursion, which would end at 10,000 nodes.
   */
  components(kinds: Kinds): number[][] {
    const { nodes, edges } = this
    const index = new Uint32Array(nodes)
    const low = new Uint32Array(nodes)
    const onStack = new Uint8Array(nodes)
    const places = this.#starts.slice(0, nodes)
    const stack: number[] = []
    const path: number[] = []
    const found: number[][] = []
    let visited = 0
    const enter = (node: number) => {
      visited += 1
      index[node] = low[node] = visited
      stack.push(node)
      onStack[node] = 1
      path.push(node)
    }
    for (let root = 0; root < nodes; root += 1) {
      if (index[root] !== 0) continue
      enter(root)
      while (path.length > 0) {
        const node = path.at(-1) ?? 0
        const place = places[node] ?? 0
        if (place < this.begin(node + 1)) {
          places[node] = place + 1
          const edge = this.at(place)
          if ((edges.bit(edge) & kinds) === 0) continue
          const next = edges.to(edge)
          if (index[next] === 0) enter(next)
          else if (onStack[next] === 1) low[node] = Math.min(low[node] ?? 0, index[next] ?? 0)
          continue
        }
        path.pop()
        const above = path.at(-1)
        if (above !== undefined) low[above] = Math.min(low[above] ?? 0, low[node] ?? 0)
        if (low[node] !== index[node]) continue
        const component: number[] = []
        for (;;) {
          const member = stack.pop() ?? 0
          onStack[member] = 0
          component.push(member)
          if (member === node) break
        }
        if (component.length > 1) found.push(component)
      }
    }
    return found
  }
}
