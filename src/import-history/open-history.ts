import { FolderHistory } from './folder-history.ts'
import { parseHistoryUrl, type HistorySettings } from './history-url.ts'
import type { ImportHistory } from './import-history.ts'
import { TableHistory } from './table-history.ts'

/**
 * The history that is configured: a table if there is a URL, else a folder; undefined if there is neither.
 * Nothing is connected to or made before it is used.
 *
 * @throws {ConfigError} if the URL can't be used.
 */
export function openHistory(settings: HistorySettings): ImportHistory | undefined {
  const { importHistoryUrl, importHistoryDir } = settings
  if (importHistoryUrl !== undefined) return new TableHistory(parseHistoryUrl(importHistoryUrl, settings))
  return importHistoryDir === undefined ? undefined : new FolderHistory(importHistoryDir)
}
