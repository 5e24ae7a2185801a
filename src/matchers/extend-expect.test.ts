import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { belongsTo } from './await-scope.ts'
import { extendExpect } from './extend-expect.ts'

declare module 'vitest' {
  interface Matchers<R, T> {
    toBeSoon(argument: unknown): Promise<void>
    toBeNow(argument: unknown): R
  }
}

test('each matcher that turns out to be async is guarded, and no other', async () => {
  const labels: string[] = []
  const subject = belongsTo(
    {},
    {
      task: {},
      attach: () => undefined,
      watchAwait(label, work) {
        labels.push(label)
        return work
      },
    },
  )
  const verdict = { pass: true, message: () => '' }
  extendExpect({ toBeSoon: () => Promise.resolve(verdict), toBeNow: () => verdict })
  await expect(subject).toBeSoon({ name: 'alice' })
  expect(subject).toBeNow(1)
  expect(labels).toEqual(['expect(…).toBeSoon(alice)'])
})

test('no matcher of this package goes another way', () => {
  const src = fileURLToPath(new URL('..', import.meta.url))
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file))
  const found = files.filter((file) => readFileSync(join(src, file), 'utf8').includes('expect.extend('))
  expect(found).toEqual(['matchers/extend-expect.ts'])
})
