import { CheckError } from '../errors.ts'
import { printable } from '../redact.ts'
import { defineCheck } from './check.ts'
import type { Problem } from './finding.ts'
import { valuesLimit } from './limits.ts'

const NAME = 'settings-as-expected'

/** Whether a value is the one that is expected, however it is spelt: `ON` is 1, `256MiB` is 268435456. */
function isAsExpected(observed: string, expected: string): boolean {
  return meaning(observed) === meaning(expected)
}

const WORDS: Readonly<Record<string, string>> = { on: '1', true: '1', off: '0', false: '0' }

function meaning(value: string): string {
  const text = value.trim().toLowerCase()
  return WORDS[text] ?? (/^-?\d+(?:\.\d+)?$/.test(text) ? String(Number(text)) : text)
}

/** Global variables, and the configuration of every node, are as expected. */
export const settingsAsExpected = defineCheck({
  name: NAME,
  title: 'Variables and configuration are as expected',
  severity: 'warning',
  limits: {
    variables: valuesLimit('global variables, and what they should be'),
    configuration: valuesLimit(
      'items of the configuration with their kind of node, such as tikv.storage.engine, and what they should be',
    ),
  },
  needs: { everyNode: true, privileges: ['CONFIG'] },
  advice: 'SET GLOBAL, SET CONFIG or the configuration file; or change what is expected',
  docs: 'https://docs.pingcap.com/tidb/stable/sql-statement-show-config/',
  source: 'SHOW GLOBAL VARIABLES, information_schema.cluster_config',
  async run({ session, limits }) {
    const variables = new Map(Object.entries(limits.variables))
    const items = new Map(Object.entries(limits.configuration))
    if (variables.size + items.size === 0) {
      throw new CheckError(NAME, 'not available here, because nothing is expected', { silence: 'not-applicable' })
    }
    const problems: Problem[] = []
    const compare = (kind: string, name: string, expected: string, where: string, observed: string | undefined) => {
      if (observed !== undefined && isAsExpected(observed, expected)) return
      const is = observed === undefined ? 'is not there' : `is ${printable(observed)}`
      problems.push({
        subject: { kind, name },
        message: `${is}${where}, ${printable(expected)} is expected`,
        observed: observed ?? '',
        limit: expected,
      })
    }
    if (variables.size > 0) {
      const rows = await session.query<{ Variable_name: string; Value: string }>(
        'show global variables where variable_name in (?)',
        [[...variables.keys()]],
      )
      const values = new Map(rows.map(({ Variable_name: name, Value: value }) => [name.toLowerCase(), value]))
      for (const [name, expected] of variables) compare('variable', name, expected, '', values.get(name.toLowerCase()))
    }
    if (items.size > 0) {
      const rows = await session.query<{ name: string; instance: string; value: string }>(
        `select concat(type, '.', \`key\`) as name, instance, value from information_schema.cluster_config
        where concat(type, '.', \`key\`) in (?) order by type, instance`,
        [[...items.keys()]],
      )
      for (const [name, expected] of items) {
        const found = rows.filter((row) => row.name === name)
        if (found.length === 0) compare('setting', name, expected, '', undefined)
        for (const { instance, value } of found) compare('setting', name, expected, ` on ${instance}`, value)
      }
    }
    return problems
  },
})
