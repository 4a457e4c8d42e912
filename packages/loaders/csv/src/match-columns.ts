import {
  sourceNameOf,
  type InputColumn,
  type Place,
  type QarionError,
  type ScannedColumn,
} from '@qarion/core'
import { countCodePoints } from '@qarion/kit-files'

import { csvError } from './csv-errors.ts'
import type { CsvStructure } from './scan-structure.ts'

export interface MatchOptions {
  readonly fileName: string
  readonly structure: CsvStructure
  readonly onExtraColumn: 'fail' | 'ignore'
}

/**
 * Finds each declared column in the file: by name where there is a header, else by position. Throws one error for all
 * that is wrong: QRN-CSV-004, -005 or -006, the first as itself, all under `problems` where there are several.
 */
export function matchColumns(
  columns: readonly InputColumn[],
  options: MatchOptions,
): ScannedColumn[] {
  const { header } = options.structure
  const problems: QarionError[] = []
  const matched =
    header === undefined
      ? matchByPosition(columns, options, problems)
      : matchByName(columns, header, options, problems)
  const [first] = problems
  if (first === undefined) return matched
  if (problems.length === 1) throw first
  throw csvError(
    'QRN-CSV-004',
    'data',
    `The columns of ${options.fileName} are not the declared ones: ${problems.length} problems.`,
    {
      problems,
      hint: first.hint ?? '',
      ...(first.place === undefined ? {} : { place: first.place }),
    },
  )
}

function matchByName(
  columns: readonly InputColumn[],
  header: readonly string[],
  { fileName, structure, onExtraColumn }: MatchOptions,
  problems: QarionError[],
): ScannedColumn[] {
  const line = structure.headerLine
  const declared = new Set(columns.map(sourceNameOf))
  const indexes = new Map<string, number>()
  for (const [index, name] of header.entries()) {
    const place = headerPlace(fileName, line, header, index)
    const where = `${fileName}:${line}:${place.column}`
    if (indexes.has(name)) {
      // Two columns that nobody reads may have one name.
      if (declared.has(name) || onExtraColumn === 'fail')
        problems.push(
          csvError('QRN-CSV-006', 'data', `${where}: The header names "${name}" twice.`, { place }),
        )
      continue
    }
    indexes.set(name, index)
    if (!declared.has(name) && onExtraColumn === 'fail')
      problems.push(
        csvError('QRN-CSV-005', 'data', `${where}: The column "${name}" is not declared.`, {
          place,
        }),
      )
  }
  return columns.map((column) => {
    const name = sourceNameOf(column)
    const fieldIndex = indexes.get(name)
    if (fieldIndex === undefined && column.required) {
      const similar = header.find(
        (other) => other.trim().toLowerCase() === name.trim().toLowerCase(),
      )
      const nearest = similar === undefined ? '' : ` The nearest name is "${similar}".`
      problems.push(
        csvError(
          'QRN-CSV-004',
          'data',
          `${fileName}:${line}: The required column "${name}" is missing.${nearest}`,
          { place: { file: fileName, line, excerpt: header.join(', ').slice(0, 200) } },
        ),
      )
    }
    return { column, fieldIndex }
  })
}

function matchByPosition(
  columns: readonly InputColumn[],
  { fileName, structure, onExtraColumn }: MatchOptions,
  problems: QarionError[],
): ScannedColumn[] {
  const { columnCount, dataStartLine: line } = structure
  const place = { file: fileName, line }
  // Without rows nothing is missing and nothing is too much.
  if (columnCount === 0) return columns.map((column, fieldIndex) => ({ column, fieldIndex }))
  if (columnCount > columns.length && onExtraColumn === 'fail')
    problems.push(
      csvError(
        'QRN-CSV-005',
        'data',
        `${fileName}:${line}: The row has ${columnCount} fields, and ${columns.length} columns are declared.`,
        { place },
      ),
    )
  return columns.map((column, index) => {
    if (index < columnCount) return { column, fieldIndex: index }
    if (column.required)
      problems.push(
        csvError(
          'QRN-CSV-004',
          'data',
          `${fileName}:${line}: The row has ${columnCount} fields; the required column "${column.name}" is field ${index + 1}.`,
          { place },
        ),
      )
    return { column, fieldIndex: undefined }
  })
}

/** Where a name stands, counted over names as they read; quotes in the header shift it. */
function headerPlace(
  file: string,
  line: number,
  header: readonly string[],
  index: number,
): Place & { column: number } {
  const before = header.slice(0, index).reduce((sum, name) => sum + countCodePoints(name) + 1, 0)
  return { file, line, column: before + 1, length: countCodePoints(header[index] ?? '') }
}
