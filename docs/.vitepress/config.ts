import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { slug } from 'github-slugger'
import { defineConfig, type DefaultTheme, type MarkdownOptions } from 'vitepress'
import { drawDiagrams } from './diagrams.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface PackageJson {
  readonly description: string
  readonly repository?: { readonly url: string }
}

const { description, repository } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as PackageJson
const repositoryUrl = repository?.url.replace(/^git\+|\.git$/g, '')

/** A page in the sidebar, by the title that it has. */
function page(name: string): DefaultTheme.SidebarItem {
  const [title = ''] = readFileSync(`${root}docs/${name}.md`, 'utf8').split('\n', 1)
  return { text: title.replace(/^# /, '').replaceAll('`', ''), link: `/${name}` }
}

const decisions = readdirSync(`${root}docs/decisions`)
  .toSorted()
  .map((file) => `decisions/${file.replace(/\.md$/, '')}`)

const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      'writing-specs',
      'sql-files',
      'slt-files',
      'side-by-side',
      'recipes',
      'configuration',
      'vitest',
      'command',
    ].map(page),
  },
  {
    text: 'Sessions and servers',
    items: [
      'coordination',
      'interleavings',
      'isolation',
      'histories',
      'scaling',
      'clusters',
      'local-server',
      'data',
    ].map(page),
  },
  {
    text: 'Import jobs',
    items: ['import-jobs', 'import-files', 'nightly', 'import-gone-wrong', 'import-history', 'job-scripts'].map(page),
  },
  { text: 'Reference', items: ['reference', 'checks', 'errors', 'troubleshooting'].map(page) },
  { text: 'Moving here', items: ['from-mysql2', 'from-mysql-tester', 'from-the-rust-tool'].map(page) },
  { text: 'How it is made', items: ['architecture', 'performance', 'dependencies'].map(page) },
  { text: 'Decisions', items: decisions.map(page) },
]

type Markdown = Parameters<NonNullable<MarkdownOptions['config']>>[0]

/** Files of the repository are no pages: they are linked to where it is published, and without that only named. */
function linkFiles(markdown: Markdown): void {
  markdown.core.ruler.push('files', ({ tokens, env }) => {
    const { relativePath } = env as { readonly relativePath: string }
    for (const { children } of tokens) {
      let outside = false
      for (const token of children ?? []) {
        const isOpen = token.type === 'link_open'
        if (!isOpen && token.type !== 'link_close') continue
        if (isOpen) {
          const target = posix.join(posix.dirname(relativePath), token.attrGet('href') ?? '')
          outside = target.startsWith('../')
          if (outside && repositoryUrl !== undefined) {
            token.attrSet('href', `${repositoryUrl}/blob/main/${target.slice('../'.length)}`)
          }
        }
        if (outside && repositoryUrl === undefined) Object.assign(token, { type: 'text', content: '', nesting: 0 })
        if (!isOpen) outside = false
      }
    }
  })
}

export default defineConfig({
  title: 'vitest-tidb',
  description,
  cleanUrls: true,
  // Headings are linked to as GitHub names them, where these pages are read as well.
  markdown: {
    config(markdown) {
      linkFiles(markdown)
      drawDiagrams(markdown)
    },
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    sidebar,
    nav: [
      { text: 'First spec', link: '/writing-specs' },
      { text: 'Reference', link: '/reference' },
    ],
    outline: [2, 3],
    search: { provider: 'local' },
  },
})
