import { loadConfig } from '../../src/config/config.ts'
import { TiDBCoordinator } from '../../src/group/tidb-coordinator.ts'

// A party in a process of its own, to be killed or stopped: node party.ts <group> <name> <what it does> <options>
// It joins, does its one thing, leaves, and prints how that went.

const [group = '', name = '', does = '', options = '{}'] = process.argv.slice(2)
const { config } = loadConfig({ envFile: false })
const { host = '' } = config
const party = await TiDBCoordinator.join(
  { ...config, host },
  { within: '60s', ...(JSON.parse(options) as object), group, name },
)

async function act(): Promise<string> {
  if (does === 'all') return (await party.barrier('loaded')).parties.join(', ')
  if (does === 'two') return (await party.barrier('loaded', { parties: 2 })).parties.join(', ')
  const told = new Promise((resolve) => process.once('SIGUSR2', resolve))
  await party.signal('idle')
  await told
  await party.signal('late')
  return 'signalled'
}

const acting = act()
console.log('joined')
console.log(await acting.catch(String))
await party.leave()
console.log('left')
