import { formatType, type Column, type Dataset } from '@qarion/core'

export interface ColumnDocument {
  readonly name: string
  /** As people write it: `integer`, `decimal(12,2)`. */
  readonly type: string
  readonly required: boolean
}

export interface DatasetDocument {
  readonly id: string
  readonly table: string
  readonly storage: 'table' | 'batches' | 'view'
  readonly columns: readonly ColumnDocument[]
  readonly key: readonly string[]
  readonly sortKey: readonly string[]
  readonly isInternal: boolean
}

export function columnDocument({ name, type, required }: Column): ColumnDocument {
  return { name, type: formatType(type), required }
}

export function datasetDocument(dataset: Dataset): DatasetDocument {
  return {
    id: dataset.id,
    table: dataset.table,
    storage: dataset.storage.kind,
    columns: dataset.columns.map(columnDocument),
    key: dataset.key,
    sortKey: dataset.sortKey,
    isInternal: dataset.isInternal,
  }
}
