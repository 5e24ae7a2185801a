import type { FileHandle } from 'node:fs/promises'
import { timeOf } from './record-line.ts'

/** How many lines are read, evenly spread over the file. */
const PROBES = 128
/** More than a line takes, so that one is whole in it. */
const PROBE_BYTES = 8 * 1024

/**
 * Whether the lines of a file are in order of time, as appending leaves them: by a few of them, which shows files that
 * were joined one after the other. A stretch that lies between two of those is not seen.
 */
export async function isInOrder(file: FileHandle, size: number): Promise<boolean> {
  const places = Array.from({ length: PROBES }, (_, at) => Math.floor((size * at) / PROBES))
  const times = await Promise.all(places.map((place) => timeAfter(file, place)))
  const known = times.filter((time) => time !== undefined)
  return known.every((time, at) => at === 0 || time >= (known[at - 1] ?? ''))
}

/** The time of the first line that begins after a place; undefined if none can be read at once. */
async function timeAfter(file: FileHandle, place: number): Promise<string | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PROBE_BYTES), 0, PROBE_BYTES, place)
  const text = buffer.toString('latin1', 0, bytesRead)
  const begin = text.indexOf('\n') + 1
  return begin === 0 ? undefined : timeOf(text.slice(begin, begin + 100))
}
