import { renderMermaidSVG } from 'beautiful-mermaid'
import type { MarkdownOptions } from 'vitepress'

type Markdown = Parameters<NonNullable<MarkdownOptions['config']>>[0]

/** Colours of the theme, which are others in the dark. */
const LOOK = {
  bg: 'var(--vp-c-bg)',
  fg: 'var(--vp-c-text-1)',
  muted: 'var(--vp-c-text-2)',
  transparent: true,
  padding: 8,
}

/** Blocks of Mermaid become SVG when the site is built, so that a page needs no script and no font for them. */
export function drawDiagrams(markdown: Markdown): void {
  const { fence } = markdown.renderer.rules
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index]
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, options, env, self) ?? ''
    const heading = tokens.slice(0, index).findLastIndex(({ type }) => type === 'heading_open')
    const title = markdown.utils.escapeHtml(`Diagram: ${tokens[heading + 1]?.content ?? ''}`)
    const svg = renderMermaidSVG(token.content, LOOK)
      .replace(/@import [^;]*;(?: *[^\n]*;)?\n/, '')
      .replace(/text \{ font-family[^}]*\}/, '')
      .replace(/^ {2}svg \{/m, '  .diagram svg {')
    // As text for Vue, which takes no <style> in a template. It can be scrolled by keyboard.
    const html = markdown.utils.escapeHtml(JSON.stringify(svg))
    return `<div class="diagram" role="img" tabindex="0" aria-label="${title}" v-html="${html}"></div>\n`
  }
}
