import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainFileFault, withFaultsExplained } from '../file-fault.ts'

/**
 * Where a test's database stands: `ready` to be taken, `used` by a test, `returned` untouched as far as its test
 * knows, `dirty` and to be dropped.
 */
export type Shelf = 'ready' | 'used' | 'returned' | 'dirty'

const SHELVES: readonly Shelf[] = ['ready', 'used', 'returned', 'dirty']

/**
 * The stock of databases as empty files named after them, on shelves that are folders. Taking one is a rename, which
 * the file system lets only one worker win: no message has to pass between processes.
 */
export class StockFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  create(): void {
    withFaultsExplained(() => {
      for (const shelf of SHELVES) mkdirSync(this.shelf(shelf), { recursive: true })
    })
  }

  shelf(shelf: Shelf): string {
    return join(this.path, shelf)
  }

  list(shelf: Shelf): string[] {
    return withFaultsExplained(() => readdirSync(this.shelf(shelf)))
  }

  /** Every database that is known, wherever it stands. */
  all(): string[] {
    return SHELVES.flatMap((shelf) => this.list(shelf))
  }

  put(name: string, shelf: Shelf): void {
    withFaultsExplained(() => writeFileSync(join(this.shelf(shelf), name), ''))
  }

  /** Moves a database to another shelf; false if somebody else was quicker. */
  move(name: string, from: Shelf, to: Shelf): boolean {
    try {
      renameSync(join(this.shelf(from), name), join(this.shelf(to), name))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw explainFileFault(error)
    }
  }

  /** Takes a database from `ready`; undefined if none is. */
  take(): string | undefined {
    return this.list('ready').find((name) => this.move(name, 'ready', 'used'))
  }
}
