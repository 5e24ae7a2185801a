import { readFileSync } from 'node:fs'
import { minVersion, satisfies, validRange } from 'semver'
import { expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly engines?: { readonly node?: string }
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}
const oldest = minVersion(packageJson.engines.node)?.version ?? ''

/** Where a package that another one requires is installed: in its own folder, or in one above it. */
function placeOf(name: string, from: string): string {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (place in packages) return place
  const above = from.lastIndexOf('/node_modules/')
  if (from === '') throw new Error(`package-lock.json has no ${name}`)
  return placeOf(name, above === -1 ? '' : from.slice(0, above))
}

/** Everything that `npm i vitest-tidb` installs beside vitest. */
function installed(): ReadonlySet<string> {
  const places = new Set<string>()
  const add = (names: readonly string[], from: string) => {
    for (const name of names) {
      const place = placeOf(name, from)
      if (places.has(place)) continue
      places.add(place)
      add(Object.keys(packages[place]?.dependencies ?? {}), place)
    }
  }
  add(Object.keys(packageJson.dependencies), '')
  return places
}

test('the oldest Node that is promised is the one that is tested', () => {
  expect(oldest).toBe('22.12.0')
})

test('every package that is installed with this one runs on the oldest Node that is promised', () => {
  const refusing = [...installed()].filter((place) => {
    const range = packages[place]?.engines?.node
    return range !== undefined && validRange(range) !== null && !satisfies(oldest, range)
  })
  expect(refusing).toEqual([])
})

test('what an install brings stays little', () => {
  const places = [...installed()]
  expect(places.length).toBeLessThanOrEqual(60)
  for (const name of ['testcontainers', '@faker-js/faker']) expect(places).not.toContain(`node_modules/${name}`)
})

// Older types than the oldest Node has would hide what it has; newer ones would offer what it has not.
test('types are those of the oldest Node that is promised', () => {
  const { version } = packages['node_modules/@types/node'] as { readonly version: string }
  expect(version.split('.', 1)[0]).toBe(oldest.split('.', 1)[0])
})
