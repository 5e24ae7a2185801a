import { expect, test } from 'vitest'
import { ConfigError } from '../errors.ts'
import { toBeCancelled, toFailImport, toFinish, toHaveImported } from './import-job.ts'
import { toHaveNoFailedImports, toHaveNoStalledImports } from './import-job-list.ts'
import { toKeepPace } from './pace.ts'
import { toProgress } from './progress.ts'

// What is given is checked before what it is given to: no job is needed.

const matchers = {
  toFinish,
  toBeCancelled,
  toHaveImported,
  toFailImport,
  toProgress,
  toKeepPace,
  toHaveNoFailedImports,
  toHaveNoStalledImports,
}

async function given(matcher: keyof typeof matchers, args: readonly unknown[], isNot: boolean): Promise<unknown> {
  try {
    return await (matchers[matcher] as (...all: unknown[]) => unknown).call({ isNot }, undefined, ...args)
  } catch (error) {
    return error
  }
}

test.for<[matcher: keyof typeof matchers, args: unknown[], named: string, allowed: RegExp]>([
  ['toHaveImported', ['1000000'], 'toHaveImported(rows) is "1000000"', /a whole number of rows.*min.*max/],
  ['toHaveImported', [{ mim: 5 }], 'toHaveImported(rows) is {"mim":5}', /min.*max/],
  ['toHaveImported', [{}], 'toHaveImported(rows) is {}', /at least one/],
  ['toHaveImported', [[5]], 'toHaveImported(rows) is [5]', /\[min, max\]/],
  ['toHaveImported', [[9n, 5]], 'toHaveImported(rows) is ["9n",5]', /\[min, max\]/],
  ['toHaveImported', [{ min: 9, max: 5 }], 'toHaveImported(rows) is {"min":9,"max":5}', /min/],
  ['toHaveImported', [Number.NaN], 'toHaveImported(rows) is NaN', /whole number/],
  ['toHaveImported', [-1], 'toHaveImported(rows) is -1', /from 0 on/],
  ['toHaveImported', [1.5], 'toHaveImported(rows) is 1.5', /whole number/],
  ['toHaveImported', [null], 'toHaveImported(rows) is null', /whole number/],
  ['toHaveImported', [], 'toHaveImported(rows) is undefined', /whole number/],
  ['toHaveImported', [5, { withn: '5m' }], 'toHaveImported(options).withn is no option', /within, signal/],
  ['toFinish', [{ within: 'soon' }], 'toFinish(options).within is "soon"', /ms.*30m/],
  ['toFinish', ['5m'], 'toFinish(options) is "5m"', /an object with within, signal/],
  ['toFinish', [{ signal: {} }], 'toFinish(options).signal is {}', /AbortSignal/],
  ['toBeCancelled', [{ within: -1 }], 'toBeCancelled(options).within is -1', /ms/],
  ['toFailImport', [{ within: '5m' }], 'toFailImport(pattern) is {"within":"5m"}', /text.*RegExp/],
  ['toFailImport', [''], 'toFailImport(pattern) is ""', /not empty/],
  ['toFailImport', [/x/, { within: Number.NaN }], 'toFailImport(options).within is NaN', /ms/],
  ['toKeepPace', [{ tolerance: 20 }], 'toKeepPace(options).tolerance is 20', /from 0 to 1/],
  ['toKeepPace', [{ tolerance: Number.NaN }], 'toKeepPace(options).tolerance is NaN', /from 0 to 1/],
  ['toKeepPace', [{ tolerance: '20%' }], 'toKeepPace(options).tolerance is "20%"', /from 0 to 1/],
  ['toKeepPace', [{ tolerance: -0.1 }], 'toKeepPace(options).tolerance is -0.1', /from 0 to 1/],
  ['toKeepPace', [{ against: '' }], 'toKeepPace(options).against is ""', /folder/],
  ['toProgress', [], 'toProgress(options) is undefined', /an object with/],
  ['toProgress', [{}], 'toProgress(options).every is undefined', /it|ms/],
  ['toProgress', [{ every: 0 }], 'toProgress(options).every is 0', /above 0/],
  ['toProgress', [{ every: '1m', during: 0 }], 'toProgress(options).during is 0', /above 0/],
  ['toProgress', [{ every: '5m', during: '1m' }], 'toProgress(options).every is longer than', /every/],
  [
    'toHaveNoFailedImports',
    [{ since: new Date(Number.NaN) }],
    'toHaveNoFailedImports(options).since is Invalid Date',
    /Date/,
  ],
  ['toHaveNoFailedImports', [{ since: null }], 'toHaveNoFailedImports(options).since is null', /24h/],
  ['toHaveNoFailedImports', [{ sinse: '1h' }], 'toHaveNoFailedImports(options).sinse is no option', /since/],
  ['toHaveNoFailedImports', ['24h'], 'toHaveNoFailedImports(options) is "24h"', /since/],
  ['toHaveNoStalledImports', [{ idle: null }], 'toHaveNoStalledImports(options).idle is null', /ms/],
])('%s(%o): %s', async ([matcher, args, named, allowed]) => {
  for (const isNot of [false, true]) {
    const error = await given(matcher, args, isNot)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).message).toContain(named)
    expect((error as ConfigError).hints.join()).toMatch(allowed)
  }
})

test.for<[matcher: keyof typeof matchers, args: unknown[]]>([
  ['toHaveImported', [0]],
  ['toHaveImported', [{ max: 5n }, { within: '5m' }]],
  ['toHaveImported', [[1, 9n], undefined]],
  ['toFinish', [{ within: undefined, signal: undefined }]],
  ['toFailImport', [undefined, { within: 5 }]],
  ['toKeepPace', [{ tolerance: 0, against: 'folder' }]],
  ['toProgress', [{ every: '1m', during: '1m', within: '2m' }]],
  ['toHaveNoFailedImports', [{ since: 0 }]],
  ['toHaveNoFailedImports', [{ since: new Date() }]],
])('%s(%o) may be asked', async ([matcher, args]) => {
  expect(await given(matcher, args, false)).toBeInstanceOf(TypeError)
})
