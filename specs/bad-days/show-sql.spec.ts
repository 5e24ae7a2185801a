import { expect, test } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

// Statements in the open: TIDB_SHOW_SQL prints what a run sends.

const RUN = { timeout: 120_000 }

test('each statement is shown with session, server, time and rows or error, under its test', RUN, async () => {
  const { output } = await runVitest('failing', { env: { ...serverEnv(), TIDB_SHOW_SQL: 'true' } })
  expect(output).toMatch(
    /stderr \| failing\.spec\.ts > a statement fails\n[^]*?tidb@\S+:\d+ {2}[\d.]+ m?s {2}error 1146 {2}select \* from no_such_table\n/,
  )
  expect(output).toMatch(/tidb@\S+:\d+ {2}[\d.]+ m?s {2}1 row {2}select /)
  // What the run itself sends is no secret either.
  expect(output).toMatch(/@\S+:\d+ {2}[\d.]+ m?s {2}\d+ rows? {2}create database /i)
  expect(output).toMatch(/slowest statements\n(?: {2}\S.*@\S+:\d+ {2}.*\(failing\.spec\.ts\)\n){3,10}/)
  expect(output).not.toContain('hunter2')
})

test('masked, they are without texts and numbers, and passwords are never shown', RUN, async () => {
  const { output } = await runVitest('secrets', { env: { ...serverEnv(), TIDB_SHOW_SQL: 'masked' } })
  expect(output).toMatch(/tidb@\S+:\d+ {2}[\d.]+ m?s {2}error 1064 {2}create user u identified by \? marker_user\n/)
  expect(output).toMatch(/error \d+ {2}import into marker_keys from \?\n/)
  expect(output).not.toContain('hunter2')
})

test('without it, none is', RUN, async () => {
  const { output } = await runVitest('passing', { env: serverEnv() })
  expect(output).not.toContain('select 1 + 1')
  expect(output).not.toContain('slowest statements')
})
