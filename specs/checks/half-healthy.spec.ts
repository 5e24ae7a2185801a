import { expect, test } from 'vitest-tidb'
import { checks, nodesAnswer, noOldTransactions, runChecks, versionsAlike } from 'vitest-tidb/checks'

test(
  'a node that is halted or killed is named, and what it would hide is not available',
  { timeout: 120_000 },
  async ({ startCluster, tidbPool, requires }) => {
    await requires({
      version: '>=8.5.6',
      because: 'PD and the storage node are of that release, and differ from others',
    })
    const cluster = await startCluster({ nodes: 2 })
    const [first, second] = cluster.nodes
    const one = tidbPool.session('one', { node: first })
    const two = tidbPool.session('two', { node: first })
    expect(await nodesAnswer(one, { tidb: 2 })).toEqual([])
    expect(await nodesAnswer(one, { tidb: 3 })).toEqual([
      expect.objectContaining({ subject: { kind: 'cluster', name: 'tidb' }, observed: 2, limit: 3 }),
    ])
    const named = { kind: 'node', name: `tidb ${second?.host}:${second?.port}` }
    const begin = performance.now()

    // The server does not end a question to a node that is halted: its session is cut.
    await second?.pause()
    const all = await runChecks([one, two], checks)
    expect(all.results.filter(({ reason }) => reason?.includes('took too long'))).toEqual([])
    // Which of the two sessions is cut does not matter: the other one goes on.
    expect(all.results.filter(({ reason = '' }) => /lost|failed/.test(reason))).toEqual([])
    const names = new Set(['nodes-answer', 'no-old-transactions', 'versions-alike'])
    const halted = {
      results: all.results.filter(({ check }) => names.has(check)),
      findings: all.findings.filter(({ check }) => names.has(check)),
    }
    expect(halted.results.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      'nodes-answer findings',
      'versions-alike passed',
      'no-old-transactions not-available',
    ])
    expect(halted.findings).toEqual([
      expect.objectContaining({ severity: 'critical', subject: named, message: 'does not answer: nothing within 3 s' }),
    ])
    expect(halted.results.at(-1)?.reason).toBe(
      `not available here, because ${named.name} does not answer: nothing within 3 s`,
    )
    // Within the deadline of a probe, and not one deadline after the other.
    expect(performance.now() - begin).toBeLessThan(20_000)
    await second?.resume()

    await second?.kill()
    const third = tidbPool.session('third', { node: first })
    expect(await nodesAnswer(third)).toEqual([
      expect.objectContaining({ subject: named, message: expect.stringContaining('connection refused') as string }),
    ])
    await expect(noOldTransactions(third)).rejects.toThrow(`${named.name} does not answer`)
    expect(await versionsAlike(third)).toEqual([])
  },
)
