import { expect, test } from 'vitest-tidb'
import { checks, nodesAnswer, noOldTransactions, runChecks, versionsAlike } from 'vitest-tidb/checks'

test(
  'a node that is halted or killed is named, and what it would hide is not available',
  { timeout: 120_000 },
  async ({ startCluster, tidbPool }) => {
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
    const halted = await runChecks([one, two], checks, {
      only: ['nodes-answer', 'no-old-transactions', 'versions-alike'],
    })
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
    expect(performance.now() - begin).toBeLessThan(9_000)
    await second?.resume()

    await second?.kill()
    expect(await nodesAnswer(one)).toEqual([
      expect.objectContaining({ subject: named, message: expect.stringContaining('connection refused') as string }),
    ])
    await expect(noOldTransactions(one)).rejects.toThrow(`${named.name} does not answer`)
    expect(await versionsAlike(one)).toEqual([])
    await expect(versionsAlike(two)).rejects.toMatchObject({ silence: 'not-available' })
  },
)
