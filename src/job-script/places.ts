import type { Document, LineCounter } from 'yaml'
import type { Fault } from './compile.ts'
import { yaml } from './yaml.ts'

/** Where in the text of a script something is. */
export class Places {
  readonly #document: Document
  readonly #lines: LineCounter

  constructor(document: Document, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  /** Faults in one line each, as they are in the text: `line 12, job "orders", step 3, advance: what is wrong`. */
  describe(faults: readonly Fault[]): string[] {
    return faults
      .map(({ path, message }) => ({ line: this.#line(path), said: `${this.#words(path)}: ${message}` }))
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, said }) => `line ${line}${said}`)
  }

  #line(path: Fault['path']): number {
    const { isAlias, isMap, isPair, isScalar, isSeq } = yaml()
    let node: unknown = this.#document.contents
    let offset = startOf(node) ?? 0
    for (const part of path) {
      if (isAlias(node)) node = node.resolve(this.#document)
      // A key merged in from elsewhere is not here: the place of the map must do.
      const found = isMap(node)
        ? node.items.find(({ key }) => (isScalar(key) ? key.value : key) === part)
        : isSeq(node)
          ? node.items[Number(part)]
          : undefined
      if (found === undefined) break
      offset = startOf(isPair(found) ? found.key : found) ?? offset
      node = isPair(found) ? found.value : found
    }
    return this.#lines.linePos(offset).line
  }

  #words(path: Fault['path']): string {
    const [jobs, job, steps, step, ...rest] = path
    if (jobs !== 'jobs' || typeof job !== 'number') return path.map((part) => `, ${part}`).join('')
    const name = this.#document.getIn([jobs, job, 'name']) ?? this.#document.getIn([jobs, job, 'table'])
    const called = `, job ${typeof name === 'string' ? JSON.stringify(name) : job + 1}`
    if (steps !== 'steps' || typeof step !== 'number') return [called, ...path.slice(2)].join(', ')
    return [called, `step ${step + 1}`, ...rest].join(', ')
  }
}

function startOf(node: unknown): number | undefined {
  return yaml().isNode(node) ? node.range?.[0] : undefined
}
