import { test as base } from 'vitest-tidb'
import { Secret } from '../../src/config/secret.ts'
import type { ImportHistory } from '../../src/import-history/import-history.ts'
import { openHistory } from '../../src/import-history/open-history.ts'

export const test = base
  // Opens a history in the test's own database, or where a URL says.
  .extend('openHistoryAt', ({ connectionUri }, { onCleanup }) => {
    const opened: ImportHistory[] = []
    onCleanup(async () => {
      for (const history of opened) await history[Symbol.asyncDispose]()
    })
    return (url: string = connectionUri) => {
      const history = openHistory({ importHistoryUrl: new Secret(url), connectTimeoutMs: 2_000 })
      if (history === undefined) throw new Error('no history, although there is a URL')
      opened.push(history)
      return history
    }
  })
  .extend('history', ({ openHistoryAt }) => openHistoryAt())
