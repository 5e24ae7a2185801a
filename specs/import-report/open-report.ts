import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import type { ImportRecord } from '../../src/import-jobs/import-record.ts'
import { factsOf, type ReportFacts } from '../../src/import-report/facts.ts'
import { writeImportReport } from '../../src/import-report/write-report.ts'

/** A report on a page of a browser. */
export interface OpenReport extends AsyncDisposable {
  readonly page: Page
  /** Addresses of everything that the page asked for, itself included. */
  readonly requests: readonly string[]
  /** What the browser had to say: refusals of its policy, errors, dialogs. */
  readonly complaints: readonly string[]
}

/** Writes the report of these records into a folder and opens it, as a person would. */
export async function openReport(
  browser: Browser,
  records: readonly ImportRecord[],
  options: BrowserContextOptions = {},
  facts: Partial<ReportFacts> = {},
): Promise<OpenReport> {
  const folder = tempFolder()
  const { html } = await writeImportReport(folder.path, records, factsOf(records, facts))
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto(pathToFileURL(html).href)
  return {
    page,
    requests,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close()
      folder[Symbol.dispose]()
    },
  }
}

/** Unfolds every job and table. */
export async function unfoldAll(page: Page): Promise<void> {
  await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
}
