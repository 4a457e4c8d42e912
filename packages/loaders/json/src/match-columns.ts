import { sourceNameOf, type InputColumn, type QarionError, type ScannedColumn } from '@qarion/core'
import { countCodePoints } from '@qarion/kit-files'

import { jsonError } from './json-errors.ts'
import { keysOf } from './json-settings.ts'
import type { JsonStructure } from './scan-records.ts'

/** Extra keys that are named one by one. */
const MAX_NAMED = 20

export interface MatchOptions {
  readonly fileName: string
  readonly structure: JsonStructure
  readonly onExtraColumn: 'fail' | 'ignore'
}

/**
 * Finds each declared column among the keys of the file. Throws one error for all that is wrong: QRN-JSON-004 for a
 * required column that no record has, -005 for a key that is not declared, with all under `problems` where there are
 * several.
 */
export function matchColumns(
  columns: readonly InputColumn[],
  { fileName, structure, onExtraColumn }: MatchOptions,
): ScannedColumn[] {
  const keys = keysOf(columns.map((column) => ({ column })))
  const hasRecords = structure.recordCount > structure.brokenCount
  // Without records nothing is missing.
  if (!hasRecords) return columns.map((column, fieldIndex) => ({ column, fieldIndex }))
  const problems = onExtraColumn === 'fail' ? extraKeys(fileName, structure) : []
  const matched = columns.map((column) => {
    const key = sourceNameOf(column)
    const fieldIndex = structure.foundAs[keys.indexOf(key)]
    if (fieldIndex === undefined && column.required)
      problems.push(missingColumn(fileName, key, structure))
    return { column, fieldIndex }
  })
  const [first] = problems
  if (first === undefined) return matched
  if (problems.length === 1) throw first
  throw jsonError(
    'QRN-JSON-004',
    'data',
    `The keys of ${fileName} are not the declared columns: ${problems.length} problems.`,
    {
      problems,
      hint: first.hint ?? '',
      ...(first.place === undefined ? {} : { place: first.place }),
    },
  )
}

function extraKeys(fileName: string, { extras }: JsonStructure): QarionError[] {
  return extras
    .slice(0, MAX_NAMED)
    .map(({ name, line, column }) =>
      jsonError(
        'QRN-JSON-005',
        'data',
        `${fileName}:${line}:${column}: The key "${name}" is not declared.`,
        { place: { file: fileName, line, column, length: countCodePoints(name) + 2 } },
      ),
    )
}

function missingColumn(fileName: string, key: string, { extras }: JsonStructure): QarionError {
  const similar = extras.find(({ name }) => name.trim().toLowerCase() === key.trim().toLowerCase())
  const nearest = similar === undefined ? '' : ` The nearest key is "${similar.name}".`
  return jsonError(
    'QRN-JSON-004',
    'data',
    `${fileName}: No record has the required column "${key}".${nearest}`,
    { place: { file: fileName, line: similar?.line ?? 1 } },
  )
}
