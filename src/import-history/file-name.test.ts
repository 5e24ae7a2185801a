import { expect, test } from 'vitest'
import { fileNameOf } from './file-name.ts'

test('what can be shown of a name is, and the rest is in the hash', () => {
  expect(fileNameOf('`shop`.`orders`')).toMatch(/^shop\.orders-[\da-f]{12}\.jsonl$/)
  expect(fileNameOf('../../etc/passwd')).toMatch(/^etc-passwd-[\da-f]{12}\.jsonl$/)
  expect(fileNameOf('💥')).toMatch(/^[\da-f]{12}\.jsonl$/)
  expect(fileNameOf('')).toMatch(/^[\da-f]{12}\.jsonl$/)
  expect(fileNameOf('x'.repeat(300)).length).toBeLessThan(100)
})

test('no two names share a file, on file systems that ignore case neither', () => {
  const names = ['orders', 'Orders', 'or/ders', 'or-ders', 'or ders', 'orders ', 'órders', '', '.', 'x'.repeat(300)]
  names.push(`${'x'.repeat(299)}y`, '`orders`', '💥', '🚀')
  expect(new Set(names.map((name) => fileNameOf(name).toLowerCase())).size).toBe(names.length)
})
