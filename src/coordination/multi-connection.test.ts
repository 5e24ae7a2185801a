import { afterEach, expect, test, vi } from 'vitest'
import { defineConnection } from './define-connection.ts'
import { MultiConnectionStateMachine } from './multi-connection.ts'

afterEach(() => void vi.unstubAllGlobals())

// What happy-dom and jsdom put in the place of Node's: Node's own functions don't know it.
class DocumentSignal {
  aborted = false
  reason: unknown
  readonly #listeners = new Set<() => void>()
  readonly addEventListener = (_: string, listener: () => void) => this.#listeners.add(listener)
  readonly removeEventListener = (_: string, listener: () => void) => this.#listeners.delete(listener)

  abort(reason: unknown): void {
    this.aborted = true
    this.reason = reason
    for (const listener of this.#listeners) listener()
  }
}

class DocumentController {
  readonly signal = new DocumentSignal()
  readonly abort = (reason: unknown) => this.signal.abort(reason)
}

test('many sessions run, and are aborted, by signals that are not those of Node', async () => {
  vi.stubGlobal('AbortController', DocumentController)
  const never = () => new Promise<never>(() => undefined)
  const plans = Array.from({ length: 12 }, (_, at) => [`session-${at}`, defineConnection({ work: never })] as const)
  const machine = new MultiConnectionStateMachine(Object.fromEntries(plans), { concurrency: 1, sources: { env: {} } })
  machine.abort(new Error('enough'))
  const outcome = await machine.run()
  expect(outcome.status).toBe('aborted')
  expect(outcome.aborted).toHaveLength(12)
})
