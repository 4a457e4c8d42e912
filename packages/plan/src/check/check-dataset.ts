import { formatType, isSameType } from '@qarion/core'
import type { Dataset, DatasetId } from '@qarion/core'

import { requireType } from '../builders/expressions.ts'
import { planError } from '../plan-errors.ts'
import { checkExpression } from './check-expression.ts'
import { inferColumns } from './infer-columns.ts'
import {
  columnsOfDataset,
  requireColumn,
  requireColumnNames,
  requireIdentifier,
} from './plan-column.ts'
import { within } from './within.ts'

/** Checks one dataset: names, types, key, sort key, defaults; of a view that its query gives the declared columns. */
export function checkDataset(dataset: Dataset, datasets: ReadonlyMap<DatasetId, Dataset>): void {
  within(`dataset ${dataset.id}`, () => {
    requireIdentifier(dataset.table)
    if (dataset.columns.length === 0) throw planError('QRN-PLAN-015', 'It has no columns.')
    requireColumnNames(dataset.columns)
    const columns = columnsOfDataset(dataset)
    for (const name of [...dataset.key, ...dataset.sortKey]) requireColumn(columns, name)
    for (const column of dataset.columns) {
      requireType(column.type)
      if (column.default === undefined) continue
      checkExpression(column.default, [])
      if (!isSameType(column.default.type, column.type)) {
        throw planError(
          'QRN-PLAN-002',
          `The default of ${column.name} is ${formatType(column.default.type)}, not ${formatType(column.type)}.`,
        )
      }
    }
    if (dataset.storage.kind === 'view') checkView(dataset, datasets)
  })
}

/** Throws QRN-PLAN-007 where two datasets share an id or a table name. */
export function requireDistinctDatasets(datasets: readonly Dataset[]): void {
  const ids = new Set<string>()
  const tables = new Map<string, string>()
  for (const { id, table } of datasets) {
    if (ids.has(id)) throw planError('QRN-PLAN-007', `There are two datasets ${id}.`)
    ids.add(id)
    const folded = table.toLowerCase()
    const other = tables.get(folded)
    if (other !== undefined)
      throw planError('QRN-PLAN-007', `${other} and ${id} would both be stored as ${table}.`)
    tables.set(folded, id)
  }
}

function checkView(dataset: Dataset, datasets: ReadonlyMap<DatasetId, Dataset>): void {
  if (dataset.storage.kind !== 'view') return
  const results = inferColumns(dataset.storage.queries, datasets)
  const last = dataset.storage.queries.at(-1)
  const columns = last === undefined ? undefined : results.get(last.name)
  if (columns === undefined) throw planError('QRN-PLAN-010', 'The view has no queries.')
  const declared = dataset.columns.map((column) => `${column.name} ${formatType(column.type)}`)
  const given = columns.map((column) => `${column.name} ${formatType(column.type)}`)
  const wrong = [
    ...given.filter((name) => !declared.includes(name)),
    ...declared.filter((name) => !given.includes(name)),
  ]
  if (wrong.length > 0) {
    throw planError(
      'QRN-PLAN-011',
      `The view's query and its declared columns differ: ${wrong.join(', ')}.`,
    )
  }
}
