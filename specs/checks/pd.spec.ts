import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { checks, nodesAnswer, pdAnswers, runChecks } from 'vitest-tidb/checks'
import { joinPd } from '../../fixtures/pd-member.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

test(
  'a member of PD that halts or is killed is named, and so is a PD that is gone',
  { timeout: 180_000 },
  async ({ startCluster, tidbPool, requires }) => {
    await requires({ version: '>=8.5.6', because: 'PD is of that release, and it does not matter which one asks' })
    const cluster = await startCluster({ nodes: 1 })
    const [node] = cluster.nodes
    const folder = tempFolder()
    onTestFinished(() => folder[Symbol.dispose]())
    const second = await joinPd(cluster, join(folder.path, 'second'))
    onTestFinished(() => second.end())
    const third = await joinPd(cluster, join(folder.path, 'third'))
    onTestFinished(() => third.end())
    const session = (name: string) => tidbPool.session(name, { node })
    const one = session('one')
    expect(await pdAnswers(one, { members: 3 })).toEqual([])
    expect(await nodesAnswer(one)).toEqual([])

    await third.kill()
    const named = { kind: 'node', name: `pd ${third.address}` }
    const refused = expect.stringMatching(/^does not answer: .*\/status.*connection refused$/) as string
    expect(await pdAnswers(one, { members: 3 })).toEqual([
      expect.objectContaining({ severity: 'critical', subject: named, message: refused }),
      expect.objectContaining({ subject: { kind: 'cluster', name: 'pd' }, observed: 2, limit: 3 }),
    ])
    await third.start()
    await expect.poll(() => pdAnswers(one, { members: 3 }), { timeout: 20_000 }).toEqual([])

    const only = ['pd-answers', 'nodes-answer', 'no-old-transactions', 'accounts-have-passwords']
    // The server waits for a member that halts, for 5 minutes, and with it every table cluster_*.
    await third.pause()
    const halted = await runChecks([session('two'), session('three'), session('four')], checks, { only })
    expect(halted.findings.filter(({ check }) => check === 'pd-answers')).toEqual([
      expect.objectContaining({
        subject: { kind: 'node', name: 'pd' },
        message: 'does not answer: nothing within 3 s',
      }),
    ])
    const reasonOf = (name: string) => halted.results.find(({ check }) => check === name)?.reason
    expect(reasonOf('nodes-answer')).toBe(
      'not available here, because it took too long: waited 3 s for PD to say what the cluster has (see pd-answers)',
    )
    expect(halted.results.find(({ check }) => check === 'accounts-have-passwords')?.outcome).toBe('findings')
    expect(halted.cost.ms).toBeLessThan(20_000)
    await third.resume()

    await Promise.all([second.kill(), third.kill()])
    await cluster.pd.kill()
    expect(await pdAnswers(session('last'), {}, { within: '20s' })).toEqual([
      expect.objectContaining({ severity: 'critical', message: expect.stringMatching(/^does not answer: /) as string }),
    ])
  },
)
