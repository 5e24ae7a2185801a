import { createHash } from 'node:crypto'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Data of a bootstrapped server, packed: the log in it is 256 MB of holes around 5 MB. */
interface Index {
  readonly format: number
  /** SHA-256 of the data and of the two lists below. */
  readonly sha256: string
  readonly folders: readonly string[]
  readonly files: readonly {
    readonly path: string
    readonly size: number
    /** Where its data lie: offset in the file, offset in the pack, length, in bytes. */
    readonly extents: readonly (readonly [number, number, number])[]
  }[]
}

/** Version of the pack's layout: a pack of another one is made anew. */
export const TEMPLATE_FORMAT = 2
const BLOCK = 65_536
const ZEROS = Buffer.alloc(BLOCK)

/** Packs a data folder: only what is not zero is kept. The pack appears at `to` whole or not at all. */
export function pack(folder: string, to: string): void {
  const partial = `${to}.${process.pid}.partial`
  try {
    writePack(folder, partial)
    rmSync(to, { recursive: true, force: true })
    renameSync(partial, to)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
}

function writePack(folder: string, partial: string): void {
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  const folders: string[] = []
  const files: Index['files'][number][] = []
  const data = openSync(join(partial, 'data'), 'w')
  const hash = createHash('sha256')
  let end = 0
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const name = relative(folder, path)
      if (entry.isDirectory()) folders.push(name)
      else if (entry.isFile()) {
        const extents: [number, number, number][] = []
        const size = eachBlock(path, (block, at) => {
          if (block.equals(ZEROS.subarray(0, block.length))) return
          const last = extents.at(-1)
          if (last !== undefined && last[0] + last[2] === at) last[2] += block.length
          else extents.push([at, end, block.length])
          writeSync(data, block)
          hash.update(block)
          end += block.length
        })
        files.push({ path: name, size, extents })
      }
    }
  } finally {
    closeSync(data)
  }
  const lists = { folders: folders.sort(), files }
  const sha256 = hash.update(JSON.stringify(lists)).digest('hex')
  writeFileSync(
    join(partial, 'index.json'),
    JSON.stringify({ format: TEMPLATE_FORMAT, sha256, ...lists } satisfies Index),
  )
}

/** Unpacks into a folder, holes as holes. @throws if the pack is damaged. */
export function unpack(from: string, folder: string): void {
  const index = JSON.parse(readFileSync(join(from, 'index.json'), 'utf8')) as Index
  if (index.format !== TEMPLATE_FORMAT)
    throw new Error(`the pack ${from} has format ${index.format}, not ${TEMPLATE_FORMAT}`)
  const data = readFileSync(join(from, 'data'))
  const { sha256, folders, files } = index
  const sum = createHash('sha256').update(data).update(JSON.stringify({ folders, files })).digest('hex')
  if (sum !== sha256) throw new Error(`the pack ${from} is damaged: it has the checksum ${sum}, not ${sha256}`)
  mkdirSync(folder, { recursive: true })
  for (const name of folders) mkdirSync(join(folder, name), { recursive: true })
  for (const { path, size, extents } of files) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    const file = openSync(target, 'w')
    try {
      for (const [at, start, length] of extents) {
        writeSync(file, data, start, length, at)
      }
      ftruncateSync(file, size)
    } finally {
      closeSync(file)
    }
  }
}

function eachBlock(path: string, visit: (block: Buffer, at: number) => void): number {
  const file = openSync(path, 'r')
  const block = Buffer.alloc(BLOCK)
  let at = 0
  try {
    for (;;) {
      const read = readSync(file, block, 0, BLOCK, at)
      if (read === 0) return at
      visit(block.subarray(0, read), at)
      at += read
    }
  } finally {
    closeSync(file)
  }
}
