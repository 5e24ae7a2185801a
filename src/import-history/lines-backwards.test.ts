import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linesBackwards } from './lines-backwards.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-lines-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function read(content: string, signal?: AbortSignal): Promise<(string | undefined)[]> {
  const path = join(folder, 'file')
  writeFileSync(path, content)
  const file = await open(path)
  try {
    const lines: (string | undefined)[] = []
    for await (const bunch of linesBackwards(file, signal)) lines.push(...bunch)
    return lines
  } finally {
    await file.close()
  }
}

// Of two and four bytes a character, so that chunks end within one; of lengths around that of a chunk, 256 KB.
const LENGTHS = [0, 1, 3, 131_071, 65_536, 0, 0, 131_072, 40, 200_000, 65_535, 7]
const LINES = LENGTHS.map((length, at) => (at % 2 === 0 ? '💥' : 'é').repeat(length))

test.for(['', '\n', '\n\n', 'x', 'x\n', '\nx', LINES.join('\n'), `${LINES.join('\n')}\n`])(
  'whatever the length of lines, they are those of the file',
  async (content) => {
    expect((await read(content)).toReversed()).toEqual(content === '' ? [] : content.split('\n'))
  },
)

test('a line of more than 1 MB is undefined, and only that', async () => {
  const long = 'x'.repeat(2_000_000)
  expect(await read(`a\n${long}\nb\n${long}`)).toEqual([undefined, 'b', undefined, 'a'])
})

test('a read can be given up', async () => {
  await expect(read('x', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
})
