import { StatementError } from '../errors.ts'

/** A connection to kill through. */
interface Control extends AsyncDisposable {
  query(sql: string): Promise<unknown>
}

interface Victim {
  readonly id: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const queues = new Map<string, Victim[]>()

/**
 * Ends the statement that a connection has under way, with KILL QUERY from another connection. Those asked for at
 * once share one: a thousand statements given up together must not dial a server that may be full a thousand times.
 *
 * @param server tells servers and users apart. @param id the server's number for the connection.
 * @throws where the server takes no further connection, or the statement can't be killed.
 * https://docs.pingcap.com/tidb/stable/sql-statement-kill/
 */
export function killQuery(server: string, id: number, open: () => Promise<Control>): Promise<void> {
  return new Promise((resolve, reject) => {
    const victim = { id, resolve, reject }
    const queue = queues.get(server)
    if (queue !== undefined) return void queue.push(victim)
    const victims = [victim]
    queues.set(server, victims)
    void work(open, victims, () => queues.delete(server))
  })
}

async function work(open: () => Promise<Control>, victims: Victim[], onEmpty: () => void): Promise<void> {
  try {
    await using control = await open()
    for (let victim = victims.shift(); victim !== undefined; victim = victims.shift()) {
      const { id, resolve, reject } = victim
      await kill(control, id).then(resolve, reject)
    }
    onEmpty()
  } catch (error) {
    onEmpty()
    for (const { reject } of victims) reject(error)
  }
}

async function kill(control: Control, id: number): Promise<void> {
  try {
    await control.query(`kill tidb query ${id}`)
  } catch (error) {
    // A server that is not a TiDB does not know the word.
    if (!(error instanceof StatementError) || error.errno !== 1064) throw error
    await control.query(`kill query ${id}`)
  }
}
