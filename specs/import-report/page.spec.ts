import { readdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startChromium, whyNoChromium } from '../../fixtures/chromium.ts'
import { importRecords, oneImportRecord, variedRecords } from '../../fixtures/import-records.ts'
import { violationsIn } from '../../fixtures/violations.ts'
import { openReport, unfoldAll } from './open-report.ts'

// The report, opened in a browser. No server is needed for it.

const why = whyNoChromium()
let browser: Browser

beforeAll(async () => {
  if (why === undefined) browser = await startChromium()
})
afterAll(async () => {
  await browser?.close()
})
beforeEach(({ skip }) => skip(why !== undefined, why))

const PHONE = { viewport: { width: 390, height: 844 } }
const SMALLEST = { viewport: { width: 320, height: 568 } }

test('nothing leaves the page, and its policy has nothing to refuse', async () => {
  await using report = await openReport(browser, variedRecords())
  await unfoldAll(report.page)
  await report.page.emulateMedia({ media: 'print' })
  expect(report.requests).toEqual([report.page.url()])
  expect(report.complaints).toEqual([])
})

test('scripts in what a server said do not run, even when a policy would let them', async () => {
  await using report = await openReport(browser, variedRecords(), { bypassCSP: true })
  await unfoldAll(report.page)
  expect(await report.page.evaluate('[typeof hit, document.scripts.length, document.images.length]')).toEqual([
    'undefined',
    0,
    0,
  ])
  expect(report.complaints).toEqual([])
  const said = report.page.getByRole('group', { name: 'Message of the server' })
  await expect.poll(() => said.allTextContents()).toContainEqual(expect.stringContaining('"><script>hit = 1</script>'))
})

test('failures come first, the rest after the time line', async () => {
  await using report = await openReport(browser, importRecords(40))
  const headings = await report.page.getByRole('heading', { level: 2 }).allTextContents()
  expect(headings).toEqual([
    'Fails the run 2',
    'Did not finish, without failing a test 1',
    'Slower than usual, within what is tolerated 1',
    'Could not be compared with earlier runs 1',
    'Time line in UTC',
    'In order 35',
  ])
  const jobs = await report.page.locator('.job > summary').allTextContents()
  expect(jobs).toHaveLength(40)
  expect(jobs.slice(0, 3)).toEqual([
    expect.stringMatching(/^Failednightly payments/),
    expect.stringMatching(/^Too slownightly returns 01/),
    expect.stringMatching(/^Cancelled, allowednightly shipments 03/),
  ])
  expect(await report.page.locator('header .sentence').textContent()).toBe(
    '2 of 40 import jobs fail the run: 1 failed, 1 is too slow.',
  )
})

test('headings go down one level at a time, and every chart says what it shows', async () => {
  await using report = await openReport(browser, variedRecords())
  await unfoldAll(report.page)
  const levels = await report.page.evaluate<number[]>(
    '[...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(({ tagName }) => Number(tagName[1]))',
  )
  expect(levels[0]).toBe(1)
  expect(levels.filter((level) => level === 1)).toHaveLength(1)
  expect(levels.filter((level, at) => level > (levels[at - 1] ?? 1) + 1)).toEqual([])
  const charts = report.page.getByRole('img')
  expect(await charts.count()).toBeGreaterThan(30)
  for (const name of [
    'Throughput of nightly returns 01',
    'Jobs running at once',
    'This run compared with earlier ones',
    /^Phases: pending 2[34][.\d]* s, global-sorting/,
    /^Too slow: nightly returns 01, 00:08–00:47 UTC$/,
  ]) {
    expect({ name, drawn: await report.page.getByRole('img', { name }).count() }).not.toEqual({ name, drawn: 0 })
  }
  expect(await report.page.locator('svg:not([role=img]):not([aria-hidden]):not(svg svg)').count()).toBe(0)
})

describe.for(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.for([SMALLEST, PHONE, {}])(
    'axe finds nothing wrong, folded and unfolded: %o',
    { timeout: 120_000 },
    async (size) => {
      await using report = await openReport(browser, variedRecords(), { ...size, colorScheme })
      expect(await violationsIn(report.page)).toEqual([])
      await unfoldAll(report.page)
      expect(await violationsIn(report.page)).toEqual([])
    },
  )

  test('text in charts is as readable as any other', async () => {
    await using report = await openReport(browser, variedRecords(), { colorScheme })
    await unfoldAll(report.page)
    expect(await report.page.evaluate(CONTRASTS)).toEqual([])
  })
})

test.for([320, 390, 768, 1280])('at %i px nothing has to be scrolled sideways', async (width) => {
  await using report = await openReport(browser, variedRecords(), { viewport: { width, height: 800 } })
  await unfoldAll(report.page)
  expect(await report.page.evaluate('document.documentElement.scrollWidth')).toBe(width)
})

test('a message of 54 kB takes no more room on a phone than a long one', async () => {
  const long = 'a long message without a space'.replaceAll(' ', '_').repeat(1_800)
  const failed = oneImportRecord({ outcome: 'failed', message: long, faults: [`to finish, but it failed: ${long}`] })
  const asserted = [{ file: 'a.spec.ts', name: 'a', result: 'failed', message: long }] as const
  const tests = { outcome: 'failed', passed: 0, failed: 1, skipped: 0, asserted } as const
  await using report = await openReport(browser, [failed], PHONE, { tests })
  expect(await report.page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(6_000)
  await unfoldAll(report.page)
  expect(await report.page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(8_000)
})

test('from the keyboard: skip to the jobs, unfold one, follow the time line to one', async () => {
  await using report = await openReport(browser, importRecords(40), PHONE)
  const { page } = report
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the jobs')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toContain('nightly payments')
  const first = page.locator('.job').first()
  expect(await first.getAttribute('open')).toBe('')
  await page.keyboard.press('Enter')
  expect(await first.getAttribute('open')).toBeNull()
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')

  const fine = page.locator('.job.fine').first()
  expect(await fine.getAttribute('open')).toBeNull()
  await page.locator('.rows').getByRole('link', { name: 'nightly orders', exact: true }).press('Enter')
  await expect.poll(() => fine.getAttribute('open')).toBe('')
})

test('on paper, what failed is unfolded', async () => {
  await using report = await openReport(browser, importRecords(400))
  const said = report.page.locator('.job.failed .faults').first()
  expect(await said.isVisible()).toBe(false)
  await report.page.emulateMedia({ media: 'print' })
  expect((await said.boundingBox())?.height).toBeGreaterThan(10)
})

test('a thousand jobs open, and each can be reached', async () => {
  await using report = await openReport(browser, importRecords(1_000))
  expect(await report.page.locator('.job').count()).toBe(1_000)
  expect(await report.page.locator('.rows li').count()).toBe(48)
  await report.page.locator('.rows a').last().click()
  await expect.poll(() => report.page.locator('.job[open]').count()).toBe(1)
})

test('the screenshots in the docs are there', () => {
  expect(readdirSync(new URL('../../docs/images', import.meta.url))).toEqual(
    expect.arrayContaining([
      'import-report.png',
      'import-report-dark.png',
      'import-report-phone.png',
      'import-report-time-line.png',
    ]),
  )
})

// Axe leaves drawings alone. The ground of a chart's text is that of the box around it: the lines behind it are cut by
// a halo of that colour. A piece of a bar is the ground of its own number.
const CONTRASTS = `(() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const colour = (text) => text.match(/[\\d.]+/g).map(Number)
  const ground = (element) => {
    const before = element.previousElementSibling
    if (element.closest('.phases')) return colour(getComputedStyle(before).fill)
    for (let one = element; one; one = one.parentElement) {
      const found = colour(getComputedStyle(one).backgroundColor)
      if (found.length === 3) return found
    }
  }
  return [...document.querySelectorAll('svg text')].flatMap((element) => {
    const [a, b] = [colour(getComputedStyle(element).fill), ground(element)].map(luminance).sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    return ratio < 4.5 ? [element.textContent + ' ' + ratio.toFixed(2)] : []
  })
})()`
