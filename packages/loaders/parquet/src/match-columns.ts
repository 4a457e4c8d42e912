import {
  formatType,
  sourceNameOf,
  type InputColumn,
  type QarionError,
  type ScannedColumn,
} from '@qarion/core'
import type { SchemaTree } from 'hyparquet'

import type { LocalTime } from './convert-time.ts'
import { createConversion } from './convert-value.ts'
import { parquetError } from './parquet-errors.ts'
import { declarationOf, describeStored, storedTypeOf } from './stored-type.ts'

export interface MatchOptions {
  readonly fileName: string
  readonly columns: readonly SchemaTree[]
  readonly onExtraColumn: 'fail' | 'ignore'
  readonly local: LocalTime
}

/**
 * Finds each declared column in the file by its name and checks that the types fit. Throws one error for all that is
 * wrong: QRN-PARQUET-004 to -007, the first as itself, all under `problems` where there are several.
 */
export function matchColumns(
  declared: readonly InputColumn[],
  options: MatchOptions,
): ScannedColumn[] {
  const { fileName } = options
  const problems: QarionError[] = []
  const indexes = indexColumns(declared, options, problems)
  const matched = declared.map((column) => {
    const fieldIndex = indexes.get(sourceNameOf(column))
    if (fieldIndex === undefined) {
      if (column.required) problems.push(missingColumn(column, options))
    } else {
      const problem = typeProblem(column, options.columns[fieldIndex] as SchemaTree, options)
      if (problem !== undefined) problems.push(problem)
    }
    return { column, fieldIndex }
  })
  const [first] = problems
  if (first === undefined) return matched
  if (problems.length === 1) throw first
  throw parquetError(
    'QRN-PARQUET-007',
    fileName,
    `The columns of ${fileName} are not the declared ones: ${problems.length} problems.`,
    { problems, hint: first.hint ?? '' },
  )
}

function indexColumns(
  declared: readonly InputColumn[],
  { fileName, columns, onExtraColumn }: MatchOptions,
  problems: QarionError[],
): ReadonlyMap<string, number> {
  const names = new Set(declared.map(sourceNameOf))
  const indexes = new Map<string, number>()
  for (const [index, { element }] of columns.entries()) {
    const { name } = element
    if (indexes.has(name)) {
      // Two columns that nobody reads may have one name.
      if (names.has(name) || onExtraColumn === 'fail')
        problems.push(
          parquetError('QRN-PARQUET-006', fileName, `${fileName} has the column "${name}" twice.`),
        )
      continue
    }
    indexes.set(name, index)
    if (!names.has(name) && onExtraColumn === 'fail')
      problems.push(
        parquetError(
          'QRN-PARQUET-005',
          fileName,
          `${fileName} has the column "${name}", which is not declared.`,
        ),
      )
  }
  return indexes
}

function missingColumn(column: InputColumn, { fileName, columns }: MatchOptions): QarionError {
  const name = sourceNameOf(column)
  const similar = columns.find(
    ({ element }) => element.name.trim().toLowerCase() === name.trim().toLowerCase(),
  )
  const nearest = similar === undefined ? '' : ` The nearest name is "${similar.element.name}".`
  return parquetError(
    'QRN-PARQUET-004',
    fileName,
    `${fileName} lacks the required column "${name}".${nearest}`,
  )
}

function typeProblem(
  column: InputColumn,
  node: SchemaTree,
  { fileName, local }: MatchOptions,
): QarionError | undefined {
  if (createConversion(column.type, node, local) !== undefined) return undefined
  const stored = storedTypeOf(node)
  const found = describeStored(stored)
  const expected = formatType(column.type)
  const fitting = declarationOf(stored)
  return parquetError(
    'QRN-PARQUET-007',
    fileName,
    `${fileName}: the column "${sourceNameOf(column)}" holds ${found}, and ${expected} is declared.`,
    {
      data: { column: column.name, found, expected },
      // Some nested columns fit nothing: then json is what is declared already.
      ...(fitting === undefined || (stored.kind === 'nested' && column.type.kind === 'json')
        ? {}
        : { hint: `Declare it as ${fitting}, or have the sender write ${expected}.` }),
    },
  )
}
