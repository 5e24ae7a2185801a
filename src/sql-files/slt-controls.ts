import { engines, holds, isExtension } from './slt-condition.ts'
import { sortModes, type Retry } from './slt-record.ts'
import { fault, isSortMode, numberOf, placeOf, type Spot } from './slt-source.ts'
import type { SltState } from './slt-state.ts'

/** How long CockroachDB tries again what stands behind `retry`. */
const COCKROACH_RETRY: Retry = { attempts: 450, backoffMs: 100 }
/** Loops and repetitions are written out when a file is read: more than so many records are none that anybody meant. */
export const MOST_RECORDS = 100_000

type Control = (state: SltState, spot: Spot, args: readonly string[]) => void

const condition =
  (name: 'skipif' | 'onlyif'): Control =>
  (state, spot, args) => {
    const [argument = ''] = args
    if (argument === '') throw fault(spot, `${name} needs the name of an engine`)
    const isMet = holds(spot, args) === (name === 'onlyif')
    const what = args.join(' ').replace(/\s*#.*$/, '')
    const reason = `${name} ${what}${what.includes('=') ? '' : `: this is ${engines.join(' or ')}`}`
    state.prefix(placeOf(spot), isMet || state.next.skipped !== undefined ? {} : { skipped: reason })
  }

const oneName = (spot: Spot, directive: string, [name = '', ...more]: readonly string[]) => {
  if (name === '' || more.length > 0) throw fault(spot, `${directive} needs one name`)
  return name
}

/** Directives of one line that say something of what follows. */
export const controls: Readonly<Record<string, Control>> = {
  skipif: condition('skipif'),
  onlyif: condition('onlyif'),
  halt(state, { at }) {
    // A halt for other engines is none.
    if (state.take().skipped === undefined) state.halted ??= `halt in line ${at + 1}`
  },
  'hash-threshold'(state, spot, [threshold = '']) {
    const { skipped } = state.take()
    if (skipped === undefined) state.hashThreshold = numberOf(spot, 'hash-threshold', threshold, 0)
  },
  control(state, spot, [what = '', value = '', ...more]) {
    if (more.length > 0) throw fault(spot, `control ${what} has one value`)
    switch (what) {
      case 'sortmode':
        if (!isSortMode(value)) throw fault(spot, `${value} is no sort mode: ${sortModes.join(', ')}`)
        state.sort = value
        return
      case 'resultmode':
        if (value !== 'rowwise' && value !== 'valuewise') throw fault(spot, 'resultmode is rowwise or valuewise')
        state.resultMode = value
        return
      case 'substitution':
        if (value !== 'on' && value !== 'off') throw fault(spot, 'substitution is on or off')
        state.substitution = value === 'on'
        return
      default:
        throw fault(spot, `control knows sortmode, resultmode and substitution, and not ${what}`)
    }
  },
  mode(state, spot, [mode = '']) {
    if (mode === 'skip') state.modeSkips = `mode skip in line ${spot.at + 1}`
    else if (mode === 'unskip') state.modeSkips = undefined
    else throw fault(spot, `of the modes of DuckDB there are skip and unskip, and not ${mode}`)
  },
  require(state, spot, [what = '']) {
    if (what === '') throw fault(spot, 'require needs the name of what DuckDB is to have')
    if (isExtension(what)) state.halted ??= `require ${what} in line ${spot.at + 1}: it is DuckDB’s own`
  },
  connection(state, spot, args) {
    state.prefix(placeOf(spot), { connection: oneName(spot, 'connection', args) })
  },
  user(state, spot, args) {
    state.user = oneName(spot, 'user', args)
  },
  subtest(state, spot, [name = '']) {
    if (name === '') throw fault(spot, 'subtest needs a name')
    state.subtest = name === 'end' ? '' : name
  },
  repeat(state, spot, [times = '']) {
    const repeat = numberOf(spot, 'repeat', times, 1)
    if (repeat > MOST_RECORDS) throw tooMany(spot)
    state.prefix(placeOf(spot), { repeat })
  },
  retry(state, spot, args) {
    if (args.length > 0) throw fault(spot, 'retry stands alone on its line, or behind a statement or query')
    state.prefix(placeOf(spot), { retry: COCKROACH_RETRY })
  },
}

export function tooMany(spot: Spot) {
  return fault(spot, `loops and repetitions make more than ${MOST_RECORDS.toLocaleString('en')} records`)
}
