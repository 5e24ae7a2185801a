import { expect, test } from 'vitest-tidb'
import { versionsAlike } from 'vitest-tidb/checks'

const [OLD, NEW] = ['v8.5.4', 'v8.5.6']

test(
  'a cluster goes to a newer release node by node, with sessions at work all the while',
  { timeout: 180_000 },
  async ({ startCluster, tidbPool }) => {
    const cluster = await startCluster({ nodes: 1, releases: [OLD] })
    const [old] = cluster.nodes
    const admin = tidbPool.session('admin', { node: old })
    // PD and storage go first in such an upgrade: they are of the newer release already, and the check says so of the node.
    expect(await versionsAlike(admin)).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^version 8\.5\.4 differs from 8\.5\.6/) as string }),
    ])
    await admin.query('create table account (id int primary key, balance int)')
    await admin.query('insert into account values (1, 1000), (2, 1000), (3, 1000)')
    const upgraded = () =>
      admin.query("select variable_value as version from mysql.tidb where variable_name = 'tidb_server_version'")
    const [before] = await upgraded()

    // Money goes round from account to account, on the old node and then on the new one, and none is lost.
    let [node, over] = [old, false]
    const moved = { old: 0, new: 0 }
    const teller = async (id: number) => {
      for (const at of [old, undefined]) {
        const on = at ?? node
        await using session = tidbPool.session(`teller-${id}-${at === old ? 'old' : 'new'}`, { node: on })
        while (on === node && !over) {
          await session.query('begin')
          // Both rows by one statement, which locks them in the order of their keys: no two of these meet crosswise.
          await session.query('update account set balance = balance + if(id = ?, -1, 1) where id in (?)', [
            id,
            [id, (id % 3) + 1],
          ])
          await session.query('commit')
          moved[at === old ? 'old' : 'new'] += 1
        }
      }
    }
    const work = Promise.all([teller(1), teller(2), teller(3)])
    await expect.poll(() => moved.old).toBeGreaterThan(10)

    const added = await cluster.addNode({ release: NEW })
    // Both releases serve the same data now, which the check finds.
    const mixed = await versionsAlike(admin)
    expect(mixed.map(({ subject }) => subject.name)).toContain(`tidb ${old?.host}:${old?.port}`)
    expect(mixed.map(({ message }) => message).join('\n')).toContain('8.5.4')
    expect(mixed.map(({ message }) => message).join('\n')).toContain('hash')
    const [after] = await upgraded()
    expect(Number(after?.version)).toBeGreaterThan(Number(before?.version))

    node = added
    await expect.poll(() => moved.new, { timeout: 30_000 }).toBeGreaterThan(10)
    if (old !== undefined) await cluster.removeNode(old)
    over = true
    await work

    const last = tidbPool.session('last', { node: added })
    expect(await versionsAlike(last)).toEqual([])
    expect(await last.query('select sum(balance) as total from account')).toEqual([{ total: '3000' }])
    await last.query('alter table account add column owner int')
    await last.query('admin check table account')
  },
)
