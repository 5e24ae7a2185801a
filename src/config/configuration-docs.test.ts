import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { defaultOf, envExample } from './env-example.ts'
import { settings, type Setting, type SettingName } from './settings.ts'

// Both files are rewritten from the schema by: npm run test:unit -- -u

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const all = Object.entries(settings) as [SettingName, Setting][]

function table(): string {
  const cell = (text: string) => text.replaceAll('|', String.raw`\|`)
  const code = (text: string) => (text === '' ? 'none' : `\`${text}\``)
  const rows = all.map(([name, { env, allowed, about, secret }]) =>
    [code(env), code(name), cell(allowed), code(defaultOf(name)), cell(about) + (secret ? ' Never shown.' : '')].join(
      ' | ',
    ),
  )
  return [
    '| Variable | Option | Allowed | Default | About |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n')
}

test('docs/configuration.md has every setting as the schema has it', async () => {
  const path = root('docs/configuration.md')
  const text = readFileSync(path, 'utf8')
  const [begin, end] = ['<!-- settings -->', '<!-- /settings -->']
  expect(text.split(begin)).toHaveLength(2)
  expect(text.split(end)).toHaveLength(2)
  const whole = `${text.split(begin)[0]}${begin}\n\n${table()}\n\n${end}${text.split(end)[1]}`
  await expect(await format(whole, { ...(await resolveConfig(path)), filepath: path })).toMatchFileSnapshot(path)
})

test('.env.example has every setting, commented out', async () => {
  const path = root('.env.example')
  const [begin = ''] = readFileSync(path, 'utf8').split('\n\n', 1)
  await expect(envExample(begin)).toMatchFileSnapshot(path)
})
