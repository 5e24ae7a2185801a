import { Markup, markup, type Part } from './markup.ts'
import { STYLE } from './style.ts'

/** A page that is one file: no script, nothing loaded from anywhere, readable in light and dark, on a phone and on paper. */
export function page(title: Part, body: Part): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="vitest-tidb">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.source
}
