import { expect, loadJobScript, playJobScript, test } from 'vitest-tidb'

// What docs/job-scripts.md shows.

// play {
test('an import that stalls goes on', async ({ tidb, tidbPool, tidbServer, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  const script = await loadJobScript('fixtures/import-jobs/stalling.yaml')
  const querier = tidbPool.session('driver')
  await using play = await playJobScript(script, { querier, database, ours: tidbServer.ours })
  const orders = play.jobs.get('orders')
  await expect
    .poll(() => tidb.query('show import job ?', [Number(orders?.id)]))
    .toMatchObject([{ Status: 'running', Imported_Rows: 300_000 }])
  await play.done
  expect(await tidb.query('show import job ?', [Number(orders?.id)])).toMatchObject([{ Status: 'finished' }])
})
// }

// step {
test('an import that is cancelled stays cancelled', async ({ tidb, tidbPool, tidbServer, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  const script = await loadJobScript('fixtures/import-jobs/finishing.yaml')
  const querier = tidbPool.session('driver')
  await using play = await playJobScript(script, { querier, database, ours: tidbServer.ours, clock: 'manual' })
  const orders = play.jobs.get('orders')
  await play.step()
  await tidb.query('cancel import job ?', [Number(orders?.id)])
  await play.step()
  expect(orders?.end).toBe('cancelled')
})
// }
