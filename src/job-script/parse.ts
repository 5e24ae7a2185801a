import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import type { Document } from 'yaml'
import { firstLine, JobScriptError } from '../errors.ts'
import { compileScript, type Fault } from './compile.ts'
import { Places } from './places.ts'
import { scriptSchema } from './schema.ts'
import type { JobScript } from './script.ts'
import { yaml } from './yaml.ts'

/** So many faults are shown of one script. */
const SHOWN = 10

/**
 * Reads a job script from a .yaml, .yml or .json file.
 *
 * @throws {JobScriptError} if it can't be read, or is not valid: names the place in the file and what is allowed.
 * @example const script = await loadJobScript(new URL('../fixtures/import-jobs/finishing.yaml', import.meta.url))
 */
export async function loadJobScript(path: string | URL): Promise<JobScript> {
  const file = typeof path === 'string' && !path.startsWith('file:') ? path : fileURLToPath(path)
  // The shorter of the two names it best.
  const short = relative(process.cwd(), file)
  const where = short.startsWith('..') ? file : short
  let text
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new JobScriptError(`the job script ${where} can't be read: ${firstLine(cause)}`, { cause })
  }
  return parseJobScript(text, where)
}

/**
 * Reads a job script from text: YAML, or JSON, which is YAML too.
 *
 * @param where what errors call it, such as the path of its file.
 * @throws {JobScriptError} if it is not valid.
 */
export function parseJobScript(text: string, where = 'job script'): JobScript {
  const { LineCounter, parseDocument } = yaml()
  const lines = new LineCounter()
  // Counts beyond 2^53 keep their digits as bigint.
  const document = parseDocument(text, { intAsBigInt: true, lineCounter: lines, merge: true, prettyErrors: false })
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) {
    throw invalid(where, [`line ${lines.linePos(error.pos[0]).line}: ${error.message}`])
  }
  const places = new Places(document, lines)
  const fail = (faults: readonly Fault[]) => invalid(where, places.describe(faults))
  const written = v.safeParse(scriptSchema, toPlain(document, where))
  if (!written.success) {
    throw fail(
      written.issues.map(({ path, message }) => ({
        path: path?.map(({ key }) => key as string | number) ?? [],
        message,
      })),
    )
  }
  const faults: Fault[] = []
  const script = compileScript(written.output, where, faults)
  if (faults.length > 0) throw fail(faults)
  return script
}

function toPlain(document: Document, where: string): unknown {
  try {
    return document.toJS({
      reviver: (_, value: unknown) =>
        typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
    })
  } catch (cause) {
    // An alias to what is not there, or so many that they would fill the memory.
    throw invalid(where, [firstLine(cause)])
  }
}

function invalid(where: string, lines: readonly string[]): JobScriptError {
  const more = lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : []
  return new JobScriptError([`the job script ${where} is not valid`, ...lines.slice(0, SHOWN), ...more].join('\n  '), {
    hints: ['see docs/job-scripts.md for what a job script may contain'],
  })
}
