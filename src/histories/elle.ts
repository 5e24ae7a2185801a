import type * as Edn from 'edn-data'
import * as v from 'valibot'
import { ConfigError } from '../errors.ts'
import { lazyPackage } from '../lazy-package.ts'
import type { History, Operation, Transaction } from './history.ts'

const edn = lazyPackage<typeof Edn>('edn-data')

const whole = v.pipe(v.number(), v.safeInteger())
const key = v.union([whole, v.string()])
const micro = v.union([
  v.tuple([v.literal('append'), key, whole]),
  v.tuple([v.literal('r'), key, v.nullish(v.array(whole))]),
])
const operation = v.object({
  type: v.picklist(['invoke', 'ok', 'fail', 'info']),
  f: v.optional(v.string()),
  process: v.optional(v.union([whole, v.string()])),
  /** In ns. */
  time: v.optional(whole),
  value: v.unknown(),
})

type Event = v.InferOutput<typeof operation>

const NS = 1e6

/**
 * Reads a list-append history as Jepsen and Elle write it: EDN, an operation for each line, or all of them in a vector.
 * What is no transaction, such as an operation of the nemesis, is left out. Lists that are not called by a whole number
 * get one, from 0 on, in the order in which they come up. An operation without an invocation of its own says nothing of
 * when it began: of it only what was read counts.
 *
 * https://github.com/jepsen-io/history
 *
 * @throws {ConfigError} that names the operation that can't be read.
 */
export function parseElle(text: string): History {
  const events = eventsOf(text)
  const names = new Map<string, number>()
  const open = new Map<string, { event: Event; beganMs: number }>()
  const transactions: Transaction[] = []
  const close = (process: string, event: Event | undefined, at: number) => {
    const invoked = open.get(process)
    open.delete(process)
    const told = event?.type === 'ok' ? event : (invoked?.event ?? event)
    if (told === undefined) return
    const end = event?.type === 'ok' ? 'committed' : event?.type === 'fail' ? 'rolled back' : 'unknown'
    const isTimed = invoked !== undefined && end !== 'unknown'
    transactions.push({
      // Of what has no process it is not known what came before it in the same one.
      session: told.process === undefined ? `operation ${at}` : process,
      beganMs: invoked?.beganMs ?? 0,
      endedMs: isTimed ? timeOf(event, at) : undefined,
      operations: operationsOf(told, at, end === 'committed', names),
      end,
    })
  }
  for (const [at, event] of events.entries()) {
    if (event.f !== undefined && event.f !== 'txn') continue
    const process = String(event.process ?? '')
    if (event.type === 'invoke') {
      if (open.has(process)) throw bad(at, `process ${process} has one under way already`)
      open.set(process, { event, beganMs: timeOf(event, at) })
    } else close(process, event, at)
  }
  for (const process of open.keys()) close(process, undefined, events.length)
  return { transactions }
}

/** Writes a history as Elle reads it, in the order in which things happened: EDN, an operation for each line. */
export function formatElle({ transactions }: History): string {
  const processes = new Map<string, number>()
  let next = 0
  const events = transactions.flatMap((transaction, index) => {
    const { session, beganMs, endedMs, end } = transaction
    const process = processes.get(session) ?? next++
    // After an operation of unknown end, Jepsen goes on under another number.
    if (endedMs === undefined) processes.delete(session)
    else processes.set(session, process)
    const done = ({ committed: 'ok', 'rolled back': 'fail', unknown: 'info' } as const)[end]
    return [
      { at: beganMs, index, text: eventText('invoke', process, transaction, beganMs) },
      { at: endedMs ?? Number.POSITIVE_INFINITY, index, text: eventText(done, process, transaction, endedMs) },
    ]
  })
  const inOrder = events.toSorted((one, other) => one.at - other.at)
  return inOrder.map(({ text }, index) => `{:index ${index}, ${text}}\n`).join('')
}

function eventText(type: string, process: number, { operations }: Transaction, atMs: number | undefined): string {
  const isDone = type === 'ok'
  const value = operations.map((one) => {
    if (one.kind === 'append') return `[:append ${one.key} ${one.value}]`
    return `[:r ${one.key} ${isDone && one.values !== undefined ? `[${one.values.join(' ')}]` : 'nil'}]`
  })
  const time = atMs === undefined ? '' : `, :time ${Math.round(atMs * NS)}`
  return `:type :${type}, :f :txn, :process ${process}${time}, :value [${value.join(' ')}]`
}

function eventsOf(text: string): Event[] {
  let parsed: unknown
  try {
    const { parseEDNString } = edn()
    parsed = parseEDNString(`[${text}\n]`, {
      mapAs: 'object',
      keywordAs: 'string',
      symbolAs: 'string',
      listAs: 'array',
    })
  } catch (cause) {
    throw bad(undefined, 'it is no EDN', cause)
  }
  if (!Array.isArray(parsed)) throw bad(undefined, 'it is no EDN, or cut off')
  const all: unknown[] = parsed.length === 1 && Array.isArray(parsed[0]) ? parsed[0] : parsed
  return all.map((each, at) => {
    const { output, issues } = v.safeParse(operation, each)
    const [issue] = issues ?? []
    if (issue === undefined) return output as Event
    throw bad(at, `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`)
  })
}

function timeOf(event: Event | undefined, at: number): number {
  return event?.time === undefined ? at : event.time / NS
}

function operationsOf({ value }: Event, at: number, isDone: boolean, names: Map<string, number>): Operation[] {
  const { output, issues } = v.safeParse(v.array(micro), value)
  const [issue] = issues ?? []
  if (issue !== undefined) throw bad(at, `value.${v.getDotPath(issue) ?? ''}: ${issue.message}`)
  return (output as v.InferOutput<typeof micro>[]).map(([kind, list, told]): Operation => {
    const number = typeof list === 'number' ? list : (names.get(list) ?? names.size)
    if (typeof list === 'string') names.set(list, number)
    if (kind === 'append') return { kind, key: number, value: told }
    return { kind: 'read', key: number, values: isDone ? (told ?? []) : undefined }
  })
}

function bad(at: number | undefined, why: string, cause?: unknown): ConfigError {
  const what = at === undefined ? 'the history' : `operation ${at} of the history`
  return new ConfigError(['history'], `${what} can't be read: ${why}`, {
    hints: ['give a list-append history of Jepsen or Elle, as EDN'],
    cause,
  })
}
