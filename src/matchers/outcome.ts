import { Outcome } from '../coordination/outcome.ts'
import { firstLine } from '../errors.ts'

const SHOWN = 10

/** `expect(await tidbPool.run(10, work)).toAllComplete()`, or with the promise: `await expect(run).toAllComplete()` */
export function toAllComplete(received: unknown) {
  return received instanceof Promise ? received.then(judge) : judge(received)
}

function judge(received: unknown) {
  if (!(received instanceof Outcome)) {
    throw new TypeError(`toAllComplete() takes what a run returned, not ${typeof received}`)
  }
  const others = received.results.flatMap((result) => (result.status === 'completed' ? [] : [result]))
  return {
    pass: others.length === 0,
    message: () => {
      if (others.length === 0) return `expected a session not to complete, but all ${received.results.length} did`
      const lines = others.slice(0, SHOWN).map(({ name, status, error }) => `  ${name} ${status}: ${firstLine(error)}`)
      if (others.length > SHOWN) lines.push(`  and ${others.length - SHOWN} more`)
      return `expected all ${received.results.length} sessions to complete, but ${others.length} did not\n${lines.join('\n')}`
    },
  }
}
