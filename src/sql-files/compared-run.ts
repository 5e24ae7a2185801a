import type { TextAnswer } from '../connection/text-connection.ts'
import { firstLine, TiDBError } from '../errors.ts'
import { printable } from '../redact.ts'
import { differenceOf } from '../side-by-side/difference.ts'
import { isPlan } from '../side-by-side/plan.ts'
import type { KnownDifferences } from './known-differences.ts'
import type { SqlCase, SqlRun } from './script.ts'
import { SqlFileError, SqlResultError } from './sql-file-error.ts'

/** What a server answered, one statement after the other. */
export type Answers = (readonly [sql: string, answer: TextAnswer])[]

/** A file on its way through one of two servers. */
export interface Side {
  readonly run: SqlRun
  /** What was answered, and nobody has compared. */
  readonly answers: Answers
  /** What was printed of them, if the file has a say in that. */
  readonly printed: string[]
}

/** Hears what is answered and printed on the way through a server. */
export function listen() {
  const [answers, printed]: [Answers, string[]] = [[], []]
  return {
    answers,
    printed,
    onAnswer: (...said: Answers[number]) => void answers.push(said),
    onPrinted: (text: string) => void printed.push(text),
  }
}

/** Whether results are alike as far as the file shows them: what it replaces or hides, such as a time, is not compared. */
export function isHidden([one = [], other = []]: readonly (readonly string[] | undefined)[]): boolean {
  return one.length > 0 && one.join('') === other.join('')
}

interface Compared {
  readonly file: string
  readonly cases: readonly SqlCase[]
  /** Whether it is compared with a recorded result as well. */
  readonly hasResult: boolean
  readonly known: KnownDifferences
  /** Whether differences that are not known are noted, not failed: `vitest -u`. */
  readonly recording: boolean
  /** Whether the baseline is a TiDB, whose plans can be compared. */
  readonly isTiDB: boolean
}

/** A file on its way through two servers at once: as one on its own, and each case has to be answered alike by both. */
export class ComparedRun implements SqlRun {
  readonly #own: Side
  readonly #baseline: Side
  readonly #compared: Compared
  #next = 0
  #failed = false

  constructor(own: Side, baseline: Side, compared: Compared) {
    this.#own = own
    this.#baseline = baseline
    this.#compared = compared
  }

  async check(index: number): Promise<string | undefined> {
    const sides = [this.#own, this.#baseline]
    const [own, baseline] = (await Promise.allSettled(sides.map(({ run }) => run.check(index)))) as [Checked, Checked]
    // What came before a test that runs alone is none of its own.
    const isNext = index === this.#next
    const [answers = [], others = []] = sides.map((side) => side.answers.splice(0).slice(isNext ? 0 : -1))
    const printed = sides.map((side) => side.printed.splice(0).slice(isNext ? 0 : -1))
    this.#next = isNext ? index + 1 : Number.POSITIVE_INFINITY
    try {
      if (own.status === 'rejected' && (this.#compared.hasResult || answers.length !== others.length))
        throw own.reason as Error
      this.#compare(index, answers, others, { baseline, hidden: isHidden(printed) })
    } catch (error) {
      this.#failed = true
      throw error
    }
    return own.status === 'fulfilled' ? own.value : undefined
  }

  /** @throws {SqlFileError} if a known difference is gone: of a file that was carried out as a whole, and in which nothing failed. */
  demandWhole(): void {
    if (!this.#failed && this.#next === this.#compared.cases.length) this.#compared.known.demandSeen()
  }

  recorded() {
    return this.#own.run.recorded()
  }

  async end(): Promise<void> {
    this.#compared.known.write()
    await Promise.all([this.#own.run.end(), this.#baseline.run.end()])
  }

  #compare(index: number, answers: Answers, others: Answers, { baseline, hidden }: How): void {
    const { file, cases, known, recording, isTiDB } = this.#compared
    const place = { file, line: cases[index]?.line ?? 1 }
    answers.forEach(([sql, answer], at) => {
      const [, other] = others[at] ?? []
      const isOwnPlan = !isTiDB && answer.results.some((result) => isPlan(sql, result)) && other?.refusal === undefined
      const difference = isOwnPlan ? undefined : other && differenceOf(sql, answer, other)
      if (difference === undefined || (hidden && difference.kind === 'result') || known.has(sql, difference.kind))
        return
      const { kind, answer: actual, baseline: expected } = difference
      if (recording) return known.add(sql, kind)
      const what = `${file}:${place.line}: the baseline differs (${kind}): ${printable(sql)}`
      throw new SqlResultError(place, what, { expected, actual }, [known.hint(sql, kind)])
    })
    if (answers.length === others.length) return
    if (baseline.status === 'rejected') {
      const cause = baseline.reason as Error
      const { answer, hints } = cause instanceof TiDBError ? cause : {}
      throw new SqlFileError(place, `on the baseline: ${firstLine(cause)}`, { answer, hints, cause })
    }
    const counts = `${answers.length} statements here, and ${others.length} on the baseline`
    throw new SqlFileError(place, `the file takes another way on the baseline: ${counts}`)
  }
}

interface How {
  readonly baseline: Checked
  /** Whether all that is printed of the results is alike. */
  readonly hidden: boolean
}

type Checked = PromiseSettledResult<string | undefined>
