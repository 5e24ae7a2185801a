import { expect, test } from 'vitest-tidb'
import {
  accountsHavePasswords,
  allPrivilegesListed,
  passwordsNotExpired,
  rootNotFromAnywhere,
  tlsRequired,
} from 'vitest-tidb/checks'

test('accounts that are wide open are found, and those that are listed are left alone', async ({
  tidb,
  database = '',
}) => {
  const [open, mighty, old, locked] = ['open', 'mighty', 'old', 'locked'].map(
    (name) => `${name}_${database.slice(-14)}`,
  )
  const mine = (findings: readonly { readonly subject: { readonly name: string } }[]) =>
    findings.map(({ subject }) => subject.name).filter((name) => name.includes(database.slice(-14)))
  await tidb.query(`create user '${open}'@'%', '${mighty}'@'10.0.0.%' identified by 'word'`)
  await tidb.query(`create user '${old}' identified by 'word' password expire`)
  await tidb.query(`create user '${locked}' account lock`)
  try {
    await tidb.query(`grant all privileges on *.* to '${mighty}'@'10.0.0.%'`)
    expect(mine(await accountsHavePasswords(tidb))).toEqual([`${open}@%`])
    expect(mine(await accountsHavePasswords(tidb, { except: [`${open}@%`] }))).toEqual([])
    expect(mine(await allPrivilegesListed(tidb))).toEqual([`${mighty}@10.0.0.%`])
    expect(mine(await allPrivilegesListed(tidb, { accounts: [`${mighty}@10.0.0.%`] }))).toEqual([])
    expect(mine(await passwordsNotExpired(tidb))).toEqual([`${old}@%`])
  } finally {
    await tidb.query(`drop user '${open}'@'%', '${mighty}'@'10.0.0.%', '${old}', '${locked}'`)
  }
})

test('root from anywhere, and connections that need no TLS, are found', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const root = tidbPool.session('root', server.settings)
  expect(await rootNotFromAnywhere(root)).toMatchObject([{ subject: { kind: 'account', name: 'root@%' } }])
  // As the server sees it: the gateway of the container, if it is in one.
  const [me] = await root.query<{ host: string }>("select substring_index(user(), '@', -1) as host")
  await root.query(`rename user 'root'@'%' to 'root'@'${me?.host}'`)
  // Whoever is logged in has an account no more, and sees nothing.
  await expect(rootNotFromAnywhere(root)).rejects.toMatchObject({ silence: 'not-available' })
  const again = tidbPool.session('again', server.settings)
  expect(await rootNotFromAnywhere(again)).toEqual([])
  expect(await tlsRequired(again)).toMatchObject([{ severity: 'info', observed: 'OFF' }])
})
