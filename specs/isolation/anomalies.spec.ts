import { afterAll } from 'vitest'
import { expect } from 'vitest-tidb'
import {
  baselineFile,
  baselinePage,
  baselineText,
  pageText,
  readBaseline,
  tidbTables,
} from '../../fixtures/isolation/baseline.ts'
import { tidbModes } from '../../fixtures/isolation/mode.ts'
import { play } from '../../fixtures/isolation/play.ts'
import { anomalies, behaviours } from '../../fixtures/isolation/scenarios.ts'
import { test } from '../../fixtures/isolation/test.ts'
import { FORGETS_LOCKS, forgetsLocks } from '../../fixtures/plain-unistore.ts'

// What TiDB's transactions come to, held to specs/isolation/baseline.md. A new release that behaves otherwise fails here.
// npx vitest run specs/isolation -u

const baseline = readBaseline()
const found = new Map<string, Map<string, string>>()
const cases = [...anomalies, ...behaviours].flatMap((scenario) => tidbModes.map((mode) => ({ scenario, mode })))

afterAll(() => {
  if (found.size > 0) console.log(tidbTables(found, baseline))
})

test.for(cases)('$scenario.name at $mode.name', async ({ scenario, mode }, { tidbPool, skip }) => {
  if (scenario.restsOnLocks === true) skip(await forgetsLocks(tidbPool.session('witness')), FORGETS_LOCKS)
  const run = await play(tidbPool, scenario, mode)
  const verdict = scenario.verdict(run)
  const where = `${scenario.name} at ${mode.name}`
  expect(verdict, `${where} came to nothing that is known:\n${String(run)}`).toBeDefined()
  found.set(scenario.name, (found.get(scenario.name) ?? new Map<string, string>()).set(mode.name, verdict ?? ''))
  const expected = baseline.get(scenario.name)?.get(mode.name) ?? 'nothing yet'
  if (updating()) return
  expect(verdict, `${where}: the baseline has "${expected}", found "${verdict}":\n${String(run)}`).toBe(expected)
})

test('the baseline has these scenarios and no others', async () => {
  expect(baseline.size, `${baselineFile} has no tables`).toBeGreaterThan(updating() ? -1 : 0)
  await expect(baselineText(updating() ? found : new Map(), baseline)).toMatchFileSnapshot(baselineFile)
})

test('the page shows the baseline', async () => {
  await expect(pageText(updating() ? found : new Map(), baseline)).toMatchFileSnapshot(baselinePage)
})

/** Whether vitest runs with `-u`. */
function updating(): boolean {
  return expect.getState().snapshotState.snapshotUpdateState === 'all'
}
