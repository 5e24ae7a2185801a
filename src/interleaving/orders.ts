/** How many ways there are to interleave sequences of these lengths. */
export function countOrders(lengths: readonly number[]): bigint {
  let total = 0n
  let count = 1n
  for (const length of lengths) {
    for (let place = 1n; place <= BigInt(length); place += 1n) {
      total += 1n
      // Exact at each step: it is a binomial coefficient times what came before.
      count = (count * total) / place
    }
  }
  return count
}

/** Every way to interleave several sequences, each of which keeps its own order. */
export function* orders(sequences: readonly (readonly string[])[]): Generator<string[]> {
  const rest = sequences.filter((sequence) => sequence.length > 0)
  if (rest.length === 0) return yield []
  for (const [at, [first, ...others]] of rest.entries()) {
    if (first === undefined) continue
    for (const tail of orders(rest.with(at, others))) yield [first, ...tail]
  }
}
