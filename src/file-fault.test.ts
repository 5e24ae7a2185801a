import { mkdtempSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ServerError } from './errors.ts'
import { explainFileFault } from './file-fault.ts'
import { toStateError } from './workflow/states/error.ts'

test.for([
  ['EMFILE', 'ulimit -n'],
  ['ENFILE', 'ulimit -n'],
  ['ENOSPC', 'TMPDIR'],
  ['EROFS', 'TIDB_CACHE_DIR'],
  ['EACCES', 'TIDB_CACHE_DIR'],
])('%s names the setting', ([code, setting]) => {
  const cause = Object.assign(new Error(`${code}: no, mkdtemp '/x'`), { code, syscall: 'mkdtemp', path: '/x' })
  const error = explainFileFault(cause) as ServerError
  expect(error).toBeInstanceOf(ServerError)
  expect(error.message).toContain(`${code}: no`)
  expect(error.message).toContain(setting)
  expect(error.cause).toBe(cause)
})

test('a folder for temporary files that is not there names TMPDIR', () => {
  let fault: unknown
  try {
    mkdtempSync('/nowhere/at/all/vitest-tidb-')
  } catch (error) {
    fault = error
  }
  expect(String(explainFileFault(fault))).toMatch(/ENOENT[^]*TMPDIR has to be a folder that exists/)
})

test.for(['ENOSPC', 'EMFILE'])('a folder that can not be watched for want of a watch (%s) names its limit', (code) => {
  const cause = Object.assign(new Error(`${code}: no, watch '/x'`), { code, syscall: 'watch', path: '/x' })
  expect(String(explainFileFault(cause))).toContain('try: raise fs.inotify.max_user_watches')
})

test('what is no fault of the file system stays as it is', () => {
  const error = new TypeError('no')
  expect(explainFileFault(error)).toBe(error)
  const other = Object.assign(new Error('no'), { code: 'ECONNREFUSED', syscall: 'connect' })
  expect(explainFileFault(other)).toBe(other)
})

test('a dial without a socket left names the limit and the setting', () => {
  const cause = Object.assign(new Error('connect EMFILE 127.0.0.1:4000'), { code: 'EMFILE', syscall: 'connect' })
  const { message } = toStateError('Connecting', cause, '127.0.0.1:4000', [])
  expect(message).toMatch(/^Connecting failed at 127.0.0.1:4000: this process can open no more sockets\n/)
  expect(message).toContain('ulimit -n')
  expect(message).toContain('TIDB_CONCURRENCY')
})
