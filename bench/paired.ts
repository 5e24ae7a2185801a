/** Times of two things done in turn, and their ratio pair by pair: what holds while the machine's speed drifts. */
export interface Pairs {
  /** Median times, in ms. */
  readonly a: number
  readonly b: number
  /** Median of a/b over the pairs, with the quartiles around it. */
  readonly ratio: number
  readonly quartiles: readonly [number, number]
  /** Median of a − b over the pairs, in ms. */
  readonly difference: number
  readonly rounds: number
}

export interface PairsOptions {
  readonly rounds: number
  /** Rounds done first and not counted. */
  readonly warmup?: number
}

/** Does `a` and `b` in turn, the one that goes first changing each round. Each returns its time in ms, or is timed. */
export async function pairs(
  a: () => Promise<number | void>,
  b: () => Promise<number | void>,
  { rounds, warmup = 1 }: PairsOptions,
): Promise<Pairs> {
  const times: [number, number][] = []
  for (let round = -warmup; round < rounds; round += 1) {
    const first = round % 2 === 0
    const [one, two] = first ? [a, b] : [b, a]
    const x = await time(one)
    const y = await time(two)
    if (round >= 0) times.push(first ? [x, y] : [y, x])
  }
  const ratios = times.map(([x, y]) => x / y)
  return {
    a: quantile(
      times.map(([x]) => x),
      0.5,
    ),
    b: quantile(
      times.map(([, y]) => y),
      0.5,
    ),
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    difference: quantile(
      times.map(([x, y]) => x - y),
      0.5,
    ),
    rounds,
  }
}

async function time(work: () => Promise<number | void>): Promise<number> {
  const started = performance.now()
  const own = await work()
  return own ?? performance.now() - started
}

/** The value below which that part of all values lies. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((x, y) => x - y)
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN
}

/** Prints a row of the table that docs/performance.md quotes. */
export function report(
  what: string,
  against: string,
  { a, b, ratio, quartiles, difference, rounds }: Pairs,
  limit: string,
): void {
  row([
    what,
    `${a.toFixed(2)} ms`,
    against,
    `${b.toFixed(2)} ms`,
    `${difference > 0 ? '+' : ''}${difference.toFixed(2)} ms`,
    `${ratio.toFixed(3)} (${quartiles.map((value) => value.toFixed(3)).join('–')})`,
    limit,
    `${rounds} pairs`,
  ])
}

/** Prints a row of the same table for what is not a ratio. */
export function row(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |
`)
}
