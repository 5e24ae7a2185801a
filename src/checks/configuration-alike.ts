import { defineCheck } from './check.ts'
import { namesLimit } from './limits.ts'

// What each node has for itself: addresses, folders, files, labels.
const OWN =
  /(?:^|[.-])(?:host|port|socket|addr|address|name|labels?|data-dir|engine-addr|id)$|addr|urls?$|(?:path|dir|file|filename|file-name|folder)$|^(?:log|path|security)\b|cluster-id|keyspace|initial-cluster/

/** Nodes of one kind have the same configuration. */
export const configurationAlike = defineCheck({
  name: 'configuration-alike',
  title: 'Nodes of one kind have the same configuration',
  severity: 'warning',
  limits: { except: namesLimit([], 'keys that may differ') },
  needs: { everyNode: true, privileges: ['CONFIG'] },
  advice: 'give all nodes of a kind the same configuration file; SHOW CONFIG shows the values',
  docs: 'https://docs.pingcap.com/tidb/stable/sql-statement-show-config/',
  source: 'information_schema.cluster_config',
  async run({ session, limits }) {
    const keys = await session.query<{ type: string; name: string; shown: string }>(
      `select type, \`key\` as name, group_concat(concat(instance, ': ', value) order by instance separator ', ') as shown
      from information_schema.cluster_config
      group by type, \`key\` having count(distinct value) > 1 order by type, \`key\``,
    )
    return keys
      .filter(({ name }) => !OWN.test(name) && !limits.except.includes(name))
      .map(({ type, name, shown }) => ({
        subject: { kind: 'setting', name: `${type} ${name}` },
        message: `differs: ${shown}`,
      }))
  },
})
