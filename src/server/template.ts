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
  readonly folders: readonly string[]
  readonly files: readonly {
    readonly path: string
    readonly size: number
    /** Where its data lie: offset in the file, offset in the pack, length, in bytes. */
    readonly extents: readonly (readonly [number, number, number])[]
  }[]
}

/** Version of the pack's layout: a pack of another one is made anew. */
export const TEMPLATE_FORMAT = 1
const BLOCK = 65_536
const ZEROS = Buffer.alloc(BLOCK)

/** Packs a data folder: only what is not zero is kept. The pack appears at `to` whole or not at all. */
export function pack(folder: string, to: string): void {
  const partial = `${to}.${process.pid}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  const folders: string[] = []
  const files: Index['files'][number][] = []
  const data = openSync(join(partial, 'data'), 'w')
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
          end += block.length
        })
        files.push({ path: name, size, extents })
      }
    }
  } finally {
    closeSync(data)
  }
  const index: Index = { format: TEMPLATE_FORMAT, folders: folders.sort(), files }
  writeFileSync(join(partial, 'index.json'), JSON.stringify(index))
  rmSync(to, { recursive: true, force: true })
  renameSync(partial, to)
}

/** Unpacks into a folder, holes as holes. @throws where the pack is damaged. */
export function unpack(from: string, folder: string): void {
  const index = JSON.parse(readFileSync(join(from, 'index.json'), 'utf8')) as Index
  if (index.format !== TEMPLATE_FORMAT)
    throw new Error(`the pack ${from} has format ${index.format}, not ${TEMPLATE_FORMAT}`)
  const data = readFileSync(join(from, 'data'))
  mkdirSync(folder, { recursive: true })
  for (const name of index.folders) mkdirSync(join(folder, name), { recursive: true })
  for (const { path, size, extents } of index.files) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    const file = openSync(target, 'w')
    try {
      for (const [at, start, length] of extents) {
        if (start + length > data.length) throw new Error(`the pack ${from} is cut short`)
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
