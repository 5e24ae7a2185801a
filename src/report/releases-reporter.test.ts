import { expect, test, vi } from 'vitest'
import type { TestCase } from 'vitest/node'
import { ReleasesReporter } from './releases-reporter.ts'

type State = 'passed' | 'failed' | 'skipped'

/** What is printed of such tests. */
function printed(tests: readonly (readonly [release: string, name: string, state: State])[]): string {
  const reporter = new ReleasesReporter(['v8.5.4', 'v8.5.6'])
  reporter.onTestRunStart()
  for (const [release, fullName, state] of tests) {
    const module = { relativeModuleId: 'a.spec.ts' }
    reporter.onTestCaseResult({ project: { name: release }, module, fullName, result: () => ({ state }) } as TestCase)
  }
  let output = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => (output += String(text)) !== '')
  try {
    reporter.onTestRunEnd()
  } finally {
    write.mockRestore()
  }
  return output
}

test('what ended otherwise is listed, in the order of its name', () => {
  expect(
    printed([
      ['v8.5.6', 'b', 'passed'],
      ['v8.5.4', 'b', 'failed'],
      ['v8.5.4', 'a', 'passed'],
      ['v8.5.6', 'c', 'passed'],
      ['v8.5.4', 'c', 'passed'],
      ['v8.5.4', 'd', 'skipped'],
      ['v8.5.6', 'd', 'skipped'],
    ]),
  ).toBe(
    [
      '',
      'differences between v8.5.4 and v8.5.6: 2 of 3 tests',
      '  a.spec.ts > a: passed on v8.5.4, not run on v8.5.6',
      '  a.spec.ts > b: failed on v8.5.4, passed on v8.5.6\n',
    ].join('\n'),
  )
})

test('of one release alone, or of nothing, nothing is said', () => {
  expect(printed([['v8.5.4', 'a', 'passed']])).toBe('')
  expect(printed([['other', 'a', 'passed']])).toBe('')
  expect(
    printed([
      ['v8.5.4', 'a', 'skipped'],
      ['v8.5.6', 'a', 'skipped'],
    ]),
  ).toBe('')
})

test('if all ended alike, that is said', () => {
  expect(
    printed([
      ['v8.5.4', 'a', 'failed'],
      ['v8.5.6', 'a', 'failed'],
    ]),
  ).toBe('\n1 test, alike on v8.5.4 and v8.5.6\n')
})
