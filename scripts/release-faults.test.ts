import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { releaseFaults, type Candidate } from './release-faults.ts'

const good: Candidate = {
  status: '',
  tags: ['v1.2.2'],
  manifest: { version: '1.2.3', repository: 'of mine', homepage: 'https://example.com' },
  lock: { version: '1.2.3' },
  changelog: '# Changelog\n\n## [1.2.3] - 2026-01-31\n\n### Added\n\n## [1.2.2] - 2026-01-01\n',
  today: '2026-02-01',
}

test('what is in order can be released', () => {
  expect(releaseFaults(good)).toEqual([])
})

test.for<[string, Partial<Candidate>, string]>([
  ['a file that is not committed', { status: ' M src/index.ts\n' }, 'the working tree is not clean'],
  ['a tag that is there', { tags: ['v1.2.3'] }, 'there is a tag v1.2.3 already'],
  ['a lock file that was left behind', { lock: { version: '1.2.2' } }, 'package-lock.json has the version 1.2.2'],
  ['a version that is none', { manifest: { ...good.manifest, version: 'next' } }, 'next, which is not a version'],
  ['no repository', { manifest: { version: '1.2.3', homepage: 'https://example.com' } }, 'has no repository'],
  ['a changelog of the last release', { changelog: '## [1.2.2] - 2026-01-01\n' }, 'CHANGELOG.md begins with 1.2.2'],
  ['a changelog without a day', { changelog: '## [1.2.3] - unreleased\n' }, '"unreleased" as the date of 1.2.3'],
  ['a day to come', { changelog: '## [1.2.3] - 2026-03-01\n' }, 'a day to come, 2026-03-01'],
  ['a changelog without headings', { changelog: '# Changelog\n' }, 'CHANGELOG.md has no heading'],
])('%s can not be released', ([, wrong, said]) => {
  const faults = releaseFaults({ ...good, ...wrong })
  expect(faults.join('\n')).toContain(said)
})

test('versions and changelog of this repository agree', () => {
  const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8')
  const lock = JSON.parse(read('package-lock.json')) as { version: string }
  expect(lock.version).toBe(packageJson.version)
  expect(/^## \[([^\]]+)\] - (?:unreleased|\d{4}-\d\d-\d\d)$/m.exec(read('CHANGELOG.md'))?.[1]).toBe(
    packageJson.version,
  )
})
