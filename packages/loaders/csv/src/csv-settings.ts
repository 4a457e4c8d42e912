import type { FileScan } from '@qarion/core'
import type { Compression, LoaderOptions } from '@qarion/kit-files'

import type { CsvDialect } from './csv-options.ts'
import { CR, CRLF, LF } from './row-tokenizer.ts'
import type { CsvStructure } from './scan-structure.ts'

/** `FileScan.settings` of this format: all that a reader needs to know. */
export interface CsvSettings extends CsvDialect {
  /** As found, where `auto` was declared. */
  readonly compression: Compression
  readonly encoding: 'utf-8'
  readonly newline: 'lf' | 'crlf' | 'cr' | 'mixed'
  readonly hasBom: boolean
  readonly hasQuotes: boolean
  /** Line of the first row of data. */
  readonly dataStartLine: number
  readonly columnCount: number
  readonly isSingleColumn: boolean
  readonly nullValues: readonly string[]
  readonly emptyString: 'null' | 'quoted'
  readonly timezone: string
  readonly ambiguousTime: 'earlier' | 'later' | 'reject'
}

export function toCsvSettings(
  dialect: CsvDialect & { readonly compression: Compression },
  structure: CsvStructure,
  load: LoaderOptions,
): CsvSettings {
  return {
    ...dialect,
    encoding: 'utf-8',
    newline: newlineOf(structure.newlines),
    hasBom: structure.hasBom,
    hasQuotes: structure.hasQuotes,
    dataStartLine: structure.dataStartLine,
    columnCount: structure.columnCount,
    isSingleColumn: structure.isSingleColumn,
    nullValues: load.nullValues,
    emptyString: load.emptyString,
    timezone: load.timezone,
    ambiguousTime: load.ambiguousTime,
  }
}

/** The settings of a scan that this loader made. */
export function settingsOf(scan: FileScan): CsvSettings {
  return scan.settings as unknown as CsvSettings
}

function newlineOf(newlines: number): CsvSettings['newline'] {
  if (newlines === LF || newlines === 0) return 'lf'
  if (newlines === CRLF) return 'crlf'
  return newlines === CR ? 'cr' : 'mixed'
}

/** Whether every reader of CSV must find the same rows and fields, and row n is n lines below the first. */
export function isCleanStructure(structure: CsvStructure): boolean {
  const { newlines } = structure
  return (
    (newlines === LF || newlines === CRLF || newlines === 0) &&
    structure.blankLineCount === 0 &&
    structure.raggedRowCount === 0 &&
    structure.damagedRowCount === 0 &&
    !structure.hasNewlinesInQuotes
  )
}
