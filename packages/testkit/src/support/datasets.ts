import type {
  BatchVersion,
  Catalog,
  Column,
  ColumnExpression,
  DataType,
  Dataset,
  DatasetId,
  DatasetStorage,
  Query,
  Row,
  StoredBatch,
  TableDefinition,
} from '@qarion/core'
import { formatValue } from '@qarion/core'
import { column, defineQuery, literal, values } from '@qarion/plan'

export interface TestDatasetOptions {
  /** Also the sort key. Default: none; rows are then sorted by all columns. */
  readonly key?: readonly string[]
  readonly storage?: DatasetStorage
  /** Default: the id with `_` for dots. */
  readonly table?: string
}

/** A dataset with nullable columns of these types, in this order. */
export function testDataset(
  id: DatasetId,
  types: Readonly<Record<string, DataType>>,
  options: TestDatasetOptions = {},
): Dataset {
  const columns = columnsOf(types)
  const key = options.key ?? []
  return {
    id,
    table: options.table ?? id.replaceAll('.', '_'),
    storage: options.storage ?? { kind: 'table' },
    columns,
    key,
    sortKey: key.length > 0 ? key : columns.map(({ name }) => name),
    isInternal: false,
  }
}

/** Nullable columns of these types, in this order. */
export function columnsOf(types: Readonly<Record<string, DataType>>): readonly Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type, required: false }))
}

/** The table of a dataset, stored by its key without being unique. */
export function tableOf(dataset: Dataset, more: Partial<TableDefinition> = {}): TableDefinition {
  return {
    name: dataset.table,
    columns: dataset.columns,
    key: dataset.key,
    isUnique: false,
    ...more,
  }
}

/** A catalog of these datasets and stored batches. */
export function createTestCatalog(
  datasets: readonly Dataset[],
  batches: Readonly<Record<DatasetId, Readonly<Partial<Record<BatchVersion, StoredBatch>>>>> = {},
): Catalog {
  return {
    datasets: new Map(datasets.map((dataset) => [dataset.id, dataset])),
    batches: new Map(Object.entries(batches)),
  }
}

/** The expression of a dataset's column. Throws if there is none. */
export function columnIn(dataset: Dataset, name: string): ColumnExpression {
  const found = dataset.columns.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`${dataset.id} has no column ${name}.`)
  return column(name, found.type)
}

/** A query of constant rows. */
export function rowsQuery(
  name: string,
  types: Readonly<Record<string, DataType>>,
  rows: readonly Row[],
): Query {
  const columns = columnsOf(types)
  const cells = rows.map((row) =>
    columns.map(({ type }, index) => {
      const value = row[index] ?? null
      return literal(type, value === null ? null : formatValue(type, value))
    }),
  )
  return defineQuery(name, [values(columns, cells)])
}
