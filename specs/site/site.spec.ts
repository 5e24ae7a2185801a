import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startChromium, whyNoChromium } from '../../fixtures/chromium.ts'
import { serveSite, type StaticSite } from '../../fixtures/static-site.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { violationsIn } from '../../fixtures/violations.ts'

// The pages of docs as a site, built as `npm run docs:build` builds it.

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: ReturnType<typeof tempFolder>
/** Of each page its HTML, by its path: `/writing-specs`. */
const pages = new Map<string, string>()

beforeAll(async () => {
  folder = tempFolder()
  const args = [`${root}node_modules/vitepress/bin/vitepress.js`, 'build', `${root}docs`, '--outDir', folder.path]
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_ENV: 'production' } })
  for (const file of readdirSync(folder.path, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.html')) continue
    const path = `/${file.replace(/(?:index)?\.html$/, '')}`
    pages.set(path, readFileSync(join(folder.path, file), 'utf8'))
  }
}, 600_000)
afterAll(() => folder[Symbol.dispose]())

test('every page of docs is in the sidebar, or in a page of it', () => {
  const linked = new Set([...pages.values()].flatMap((html) => linksIn(html)).map((href) => href.replace(/#.*/, '')))
  const alone = [...pages.keys()].filter((path) => path !== '/' && path !== '/404' && !linked.has(path))
  expect(alone).toEqual([])
})

test('every link leads to a page, and to a heading of it', () => {
  const broken = [...pages].flatMap(([path, html]) =>
    linksIn(html).flatMap((href) => {
      const { pathname, hash } = new URL(href, `http://site${path}`)
      const target = pages.get(decodeURI(pathname))
      if (target === undefined) return existsSync(join(folder.path, pathname)) ? [] : [`${path}: ${href}`]
      const id = decodeURIComponent(hash.slice(1))
      return id === '' || target.includes(`id="${id}"`) ? [] : [`${path}: ${href}`]
    }),
  )
  expect(broken).toEqual([])
})

/** Where its links within the site lead. */
function linksIn(html: string): string[] {
  return [...html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)]
    .map(([, href = '']) => href.replaceAll('&amp;', '&'))
    .filter((href) => !/^[a-z]+:/.test(href))
}

const why = whyNoChromium()

const GOTO = { timeout: 90_000 }

describe('in a browser', { timeout: 300_000 }, () => {
  let browser: Browser
  let site: StaticSite

  beforeAll(async () => {
    if (why !== undefined) return
    ;[browser, site] = await Promise.all([startChromium(), serveSite(folder.path)])
  })
  afterAll(async () => {
    await Promise.all([browser?.close(), site?.[Symbol.asyncDispose]()])
  })

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page & AsyncDisposable> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    const page = await context.newPage()
    await page.goto(`${site.url}${path}`, GOTO)
    return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() })
  }

  test('no page is wider than a phone', async ({ skip }) => {
    skip(why !== undefined, why)
    await using page = await open('/', { viewport: { width: 375, height: 812 } })
    const wide: string[] = []
    for (const path of pages.keys()) {
      await page.goto(`${site.url}${path}`, GOTO)
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      if (width > 375) wide.push(`${path}: ${width}`)
    }
    expect(wide).toEqual([])
  })

  test('diagrams are drawn, in the colours of the theme, and need nothing from elsewhere', async ({ skip }) => {
    skip(why !== undefined, why)
    const colours: string[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await using page = await open('/', { colorScheme })
      const elsewhere: string[] = []
      page.on('request', (request) => {
        if (!request.url().startsWith(site.url)) elsewhere.push(request.url())
      })
      await page.goto(`${site.url}/architecture`, GOTO)
      const diagrams = page.locator('main .diagram > svg')
      expect(await diagrams.count()).toBe(2)
      expect(await diagrams.first().textContent()).toContain('import-history')
      expect(await page.locator('main').textContent()).not.toContain('flowchart LR')
      colours.push(await page.evaluate("getComputedStyle(document.querySelector('main .diagram text')).fill"))
      expect(elsewhere).toEqual([])
    }
    expect(colours[0]).not.toBe(colours[1])
  })

  test('search finds a matcher, and leads to it', async ({ skip }) => {
    skip(why !== undefined, why)
    await using page = await open('/')
    await page.keyboard.press('Control+k')
    await page.getByRole('searchbox').fill('toBeBlockedBy')
    const result = page.locator('.VPLocalSearchBox .result').first()
    await result.waitFor()
    await result.click()
    await page.waitForURL(/\/[a-z]/)
    // The address changes first, the page a moment later.
    await expect.poll(() => page.locator('main').textContent(), { timeout: 60_000 }).toContain('toBeBlockedBy')
  })

  test.for(['light', 'dark'] as const)('axe finds nothing wrong, %s', async (colorScheme, { skip }) => {
    skip(why !== undefined, why)
    const found: string[] = []
    for (const path of ['/', '/architecture', '/writing-specs', '/checks']) {
      await using page = await open(path, { colorScheme })
      expect(await page.evaluate('document.documentElement.classList.contains("dark")')).toBe(colorScheme === 'dark')
      // Of the theme: its button says Search, and shows the key for it beside that.
      const wrong = (await violationsIn(page)).filter((line) => !line.startsWith('label-content-name-mismatch: '))
      found.push(...wrong.map((line) => `${path}: ${line}`))
    }
    expect(found).toEqual([])
  })
})
