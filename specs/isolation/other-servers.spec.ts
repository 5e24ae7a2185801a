import { afterAll, describe } from 'vitest'
import { expect, loadConfig, test as base } from 'vitest-tidb'
import { readBaseline, sideBySide } from '../../fixtures/isolation/baseline.ts'
import { candidatesFor, openServer, type ComparedServer } from '../../fixtures/isolation/other-server.ts'
import { prepared, strongest, weakest } from '../../fixtures/isolation/mode.ts'
import { play } from '../../fixtures/isolation/play.ts'
import { anomalies, behaviours, dirtyReads } from '../../fixtures/isolation/scenarios.ts'

// The same scenarios on another server, beside TiDB's baseline: that of TIDB_BASELINE_URL or TIDB_BASELINE, or
// MySQL in a container and MariaDB on this machine. Nothing is expected of it, but that each comes to something.

describe.for(candidatesFor(loadConfig().config))('$name', (candidate) => {
  let opening: Promise<ComparedServer | string> | undefined
  afterAll(async () => {
    // That it could not be opened is told by every test.
    const server = await opening?.catch(() => undefined)
    if (typeof server === 'object') await server[Symbol.asyncDispose]()
  })

  const test = base.extend('other', async ({ skip }) => {
    opening ??= openServer(candidate)
    const server = await opening
    return typeof server === 'string' ? skip(server) : server
  })
  test.override('tidbSettings', ({ other }) => other.settings)
  test.override('database', ({ other }) => other.database)

  test('it is that server', async ({ other, tidbPool }) => {
    const witness = tidbPool.session('witness')
    const [row] = await witness.query('select version() as version, database() as name')
    expect(witness.host).toBe(`${other.settings.host}:${other.settings.port}`)
    expect(row).toEqual({ version: other.version, name: other.database })
  })

  test('it tells who waits for whom, and no longer than they do', async ({ tidbPool }) => {
    const [alice, bob] = await tidbPool.sessions('alice', 'bob')
    await alice.query('create table account (id int primary key, balance int)')
    await alice.query('insert into account values (1, 0), (2, 0)')
    await alice.query('begin')
    await alice.query('update account set balance = 1 where id = 1')
    await bob.query('begin')
    const write = bob.send('update account set balance = 2 where id = 1')
    await expect(write).toBeBlockedBy(alice)
    await alice.query('commit')
    await write
    // Sent right after a wait, and slow enough to be looked at.
    const slow = bob.send('select sleep(0.05)')
    await expect(slow).not.toBeBlocked()
    await slow
    await bob.query('commit')
  })

  test('it tells of DDL that waits', async ({ tidbPool }) => {
    const [alice, bob] = await tidbPool.sessions('alice', 'bob')
    await alice.query('create table item (id int primary key)')
    await alice.query('begin')
    await alice.query('select * from item')
    const change = bob.send('alter table item add column name text')
    await expect(change).toBeBlockedBy(alice)
    await alice.query('commit')
    await change
  })

  test('both signs of a scenario are found', { timeout: 180_000 }, async ({ other, tidbPool, skip }) => {
    skip(other.version.includes('TiDB'), 'needs READ UNCOMMITTED and SERIALIZABLE, which TiDB does not have')
    for (const scenario of dirtyReads) {
      const run = await play(tidbPool, scenario, prepared(weakest, other.setup))
      expect(scenario.verdict(run), `${scenario.name} at ${weakest.name}:\n${String(run)}`).toBe('occurs')
    }
    for (const scenario of anomalies) {
      const run = await play(tidbPool, scenario, prepared(strongest, other.setup))
      expect(scenario.verdict(run), `${scenario.name} at ${strongest.name}:\n${String(run)}`).toMatch(/^prevented: /)
    }
  })

  test('the same scenarios, side by side', { timeout: 120_000 }, async ({ other, tidbPool }) => {
    const found = new Map<string, Map<string, string>>()
    for (const scenario of [...anomalies, ...behaviours]) {
      const verdicts = new Map<string, string>()
      found.set(scenario.name, verdicts)
      for (const mode of other.modes) {
        const run = await play(tidbPool, scenario, mode)
        const verdict = scenario.verdict(run)
        expect(verdict, `${scenario.name} at ${mode.name} came to nothing that is known:\n${String(run)}`).toBeDefined()
        verdicts.set(mode.name, verdict ?? '')
      }
    }
    const modes = other.modes.map(({ name }) => name)
    console.log(`${candidate.name}: ${other.version}\n\n${sideBySide(modes, found, readBaseline())}`)
  })
})
