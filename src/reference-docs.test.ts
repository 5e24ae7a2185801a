import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'

// The tables of docs/reference.md are made of the types and their docstrings: npm run test:unit -- -u

const root = fileURLToPath(new URL('..', import.meta.url))
const page = join(root, 'docs/reference.md')
const text = readFileSync(page, 'utf8')
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /(?<!\.test|\.test-d)\.ts$/.test(name))
  .toSorted()
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'))

interface Member {
  readonly name: string
  readonly optional: boolean
  /** Between the parentheses of a method; undefined for a property. */
  readonly parameters: string | undefined
  readonly type: string
  readonly doc: string
}

/** The body of an interface, wherever in `src` it is, with what it inherits. */
function bodyOf(name: string): string {
  const found = sources.map((source) =>
    new RegExp(`interface ${name}(?:<[^>]*>)?(?: extends (\\w+))? \\{\\n([^]*?)\\n\\}`).exec(source),
  )
  const [, base, body] = found.find((match) => match !== null) ?? []
  if (body === undefined) throw new Error(`there is no interface ${name} in src`)
  return base === undefined ? body : `${body}\n${bodyOf(base)}`
}

function membersOf(name: string): Member[] {
  const MEMBER = /(?:^ {2}\/\*\*([^]*?)\*\/\n)?^ {2}(?:readonly )?(\w+)(\?)?(?:\(([^]*?)\))?: (.+)$/gm
  return [...bodyOf(name).matchAll(MEMBER)].map(([, doc = '', member = '', optional, parameters, type = '']) => ({
    name: member,
    optional: optional !== undefined,
    parameters,
    type: type.replace(' | undefined', optional === undefined ? '$&' : '').replace(/<R>$/, ''),
    doc: doc.replace(/\n? *\* /g, ' ').trim(),
  }))
}

const code = (shown: string) => `\`${shown.replaceAll('|', String.raw`\|`)}\``
const cell = (shown: string) => shown.replaceAll('|', String.raw`\|`)

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '-'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A name, linked to its section of the page if it has one. */
function linked(name: string): string {
  return text.includes(`\n### ${name}\n`) ? `[\`${name}\`](#${name.toLowerCase()})` : code(name)
}

function undocumented(name: string): string[] {
  return membersOf(name).flatMap((member) => (member.doc === '' ? [`${name}.${member.name}`] : []))
}

const MATCHERS = membersOf('TiDBMatchers')
const OPTIONS = [
  ...new Set(MATCHERS.flatMap(({ parameters = '' }) => parameters.match(/\b[A-Z]\w+(?=Options\b|Shape\b)\w+/g) ?? [])),
]

const blocks: Readonly<Record<string, string>> = {
  fixtures: table(
    ['Fixture', 'Type', 'What it is'],
    membersOf('TiDBFixtures').map(({ name, type, doc }) => [linked(name), code(type), cell(doc)]),
  ),
  requirements: table(
    ['Key', 'Type', 'What it asks for'],
    membersOf('Requirements').map(({ name, type, doc }) => [code(name), code(type), cell(doc)]),
  ),
  matchers: table(
    ['Matcher', 'What it asserts'],
    MATCHERS.map(({ name, parameters = '', type, doc }) => [
      code(`${type === 'R' ? '' : 'await … '}.${name}(${parameters})`),
      cell(doc.replace(/ Await it\.$/, '')),
    ]),
  ),
  'matcher-options': table(
    ['Type', 'Member', 'What it is'],
    OPTIONS.flatMap((type) =>
      membersOf(type).map(({ name, optional, type: ofMember, doc }) => [
        code(type),
        code(`${name}${optional ? '?' : ''}: ${ofMember}`),
        cell(doc),
      ]),
    ),
  ),
  errors: table(
    ['Class', 'Code', 'What it says'],
    sources
      .flatMap((source) => [
        ...source.matchAll(
          /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport class (\w+) extends TiDBError \{\n {2}readonly code = '(\w+)'/g,
        ),
      ])
      .map(([, doc = '', name = '', errorCode = '']) => [
        `[\`${name}\`](errors.md#${name.toLowerCase()}-${errorCode.toLowerCase()})`,
        code(errorCode),
        cell(doc.replace(/\n? *\* /g, ' ').trim()),
      ])
      .toSorted(([one = ''], [other = '']) => one.localeCompare(other)),
  ),
}

test('docs/reference.md has fixtures, requirements, matchers, their options and errors as the source has them', async () => {
  let whole = text
  for (const [name, block] of Object.entries(blocks)) {
    const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`)
    expect(whole, `the block ${name}`).toMatch(place)
    whole = whole.replace(place, (_, begin: string, end: string) => `${begin}\n${block}\n\n${end}`)
  }
  await expect(await format(whole, { ...(await resolveConfig(page)), filepath: page })).toMatchFileSnapshot(page)
})

test('everything in these tables has a docstring', () => {
  expect(['TiDBFixtures', 'Requirements', 'TiDBMatchers', ...OPTIONS].flatMap(undocumented)).toEqual([])
})
