import { defineCheck } from './check.ts'
import { namesLimit } from './limits.ts'

/** Only accounts that are listed have all privileges. */
export const allPrivilegesListed = defineCheck({
  name: 'all-privileges-listed',
  title: 'Only accounts that are listed have all privileges',
  severity: 'warning',
  limits: { accounts: namesLimit(['root@%', 'root@localhost'], 'accounts that may have all privileges, as user@host') },
  needs: { privileges: ['SELECT'] },
  advice: 'REVOKE ALL PRIVILEGES, and GRANT what it needs; or list it',
  docs: 'https://docs.pingcap.com/tidb/stable/privilege-management/',
  source: 'mysql.user',
  async run({ session, limits }) {
    const accounts = await session.query<{ user: string; host: string }>(
      `select user, host from mysql.user
      where super_priv = 'Y' and select_priv = 'Y' and insert_priv = 'Y'
        and update_priv = 'Y' and delete_priv = 'Y' and create_priv = 'Y' and drop_priv = 'Y' and alter_priv = 'Y'
        and process_priv = 'Y' and create_user_priv = 'Y' and shutdown_priv = 'Y' and config_priv = 'Y'
      order by user, host`,
    )
    return accounts
      .map(({ user, host }) => `${user}@${host}`)
      .filter((name) => !limits.accounts.includes(name))
      .map((name) => ({ subject: { kind: 'account', name }, message: 'has all privileges on *.*' }))
  },
})
