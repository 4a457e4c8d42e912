import type { ExportDefinition, Query, Rule } from '@qarion/core'
import {
  ascending,
  column,
  defineQuery,
  filter,
  from,
  fromQuery,
  isIn,
  sort,
  text,
  union,
} from '@qarion/plan'

import { ofBatch } from '../strategies/batch-parameter.ts'
import type { ExportSettings } from './export-settings.ts'

/** Record types that a mode takes of a change feed; those that it does not name stay out. */
const RECORD_TYPES: Readonly<
  Record<ExportDefinition['exportMode'], readonly string[] | undefined>
> = Object.freeze({
  full: undefined,
  batch: undefined,
  incremental: ['new', 'reinserted', 'changed'],
  changes_only: ['new', 'reinserted', 'changed', 'deleted'],
})

/** The rows that a mode exports, in the order of the dataset; partitions one after the other. */
export function exportQueries({ definition, source }: ExportSettings): readonly Query[] {
  const { exportMode, partitionBy } = definition
  const isStoredByBatch = source.storage.kind === 'batches'
  const order = sort(
    ascending([...partitionBy, ...source.sortKey.filter((name) => !partitionBy.includes(name))]),
  )
  if (exportMode === 'full' && isStoredByBatch) {
    return [
      defineQuery('older', [from(source.id, 'predecessor')]),
      defineQuery('kept', [from(source.id, 'current'), union(['older'])]),
      defineQuery('rows', [fromQuery('kept'), order]),
    ]
  }
  if (exportMode === 'full') return [defineQuery('rows', [from(source.id), order])]
  const rows = isStoredByBatch ? [from(source.id, 'current')] : [from(source.id), ofBatch]
  return [defineQuery('rows', [...rows, ...ofRecordTypes(source, exportMode), order])]
}

/** Datasets without record types hold what a batch has: nothing of it is left out. */
function ofRecordTypes(
  source: ExportSettings['source'],
  mode: ExportDefinition['exportMode'],
): readonly Rule[] {
  const types = RECORD_TYPES[mode]
  const found = source.columns.find(({ name }) => name === 'xt_record_type')
  if (types === undefined || found === undefined) return []
  return [
    filter(
      isIn(
        column(found.name, found.type),
        types.map((type) => text(type)),
      ),
    ),
  ]
}
