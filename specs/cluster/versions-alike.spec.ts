import { expect, test } from 'vitest-tidb'
import { versionsAlike } from 'vitest-tidb/checks'

// A tidb-server of another release is found in a real cluster: releases.spec.ts.
test('all nodes run the same release', async ({ tidb }) => {
  expect(await versionsAlike(tidb)).toEqual([])
})
