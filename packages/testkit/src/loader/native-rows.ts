import { randomUUID } from 'node:crypto'

import {
  DataTypes,
  rowsOf,
  type Catalog,
  type FileScan,
  type InputColumn,
  type InputFile,
  type Loader,
  type Operation,
  type Query,
  type Row,
  type TableDefinition,
} from '@qarion/core'
import { defineQuery, from } from '@qarion/plan'

/** A session of an engine as tests of its native readers use it. */
export interface NativeStore {
  commit(operations: readonly Operation[]): Promise<unknown>
  rows(queries: readonly Query[], catalog: Catalog): Promise<readonly Row[]>
}

export interface NativeRows {
  readonly rows: readonly Row[]
  readonly isNative: boolean
}

/** Loads files natively; where the engine declines, no rows. */
export async function loadNatively(
  store: NativeStore,
  scans: readonly FileScan[],
  columns: readonly InputColumn[],
  hasFile = false,
): Promise<NativeRows> {
  const table: TableDefinition = {
    name: `native_${randomUUID()}`,
    columns: [
      ...columns.map(({ name, type, required }) => ({ name, type, required })),
      { name: 'xt_source_line', type: DataTypes.integer, required: true },
      ...(hasFile ? [{ name: 'xt_source_file', type: DataTypes.string, required: true }] : []),
    ],
    key: [],
    isUnique: false,
  }
  let isNative = true
  await store.commit([
    { kind: 'create_table', table },
    {
      kind: 'load',
      table,
      count: 'rows',
      source: {
        native: {
          scans,
          lineColumn: 'xt_source_line',
          ...(hasFile ? { fileColumn: 'xt_source_file' } : {}),
        },
        batches: async function* () {
          isNative = false
          yield* []
        },
      },
    },
  ])
  const dataset = {
    id: table.name,
    table: table.name,
    storage: { kind: 'table' } as const,
    columns: table.columns,
    key: [],
    sortKey: [],
    isInternal: false,
  }
  const rows = await store.rows([defineQuery('q', [from(dataset.id)])], {
    datasets: new Map([[dataset.id, dataset]]),
    batches: new Map(),
  })
  await store.commit([{ kind: 'drop_table', table: table.name }])
  return { rows, isNative }
}

export interface ScannedRows {
  readonly scan: FileScan
  /** Rows as the loader gives them, with their lines. */
  readonly expected: readonly Row[]
  readonly rejects: number
}

/** Scans and reads the first file that a loader finds. */
export async function scanAndRead(
  loader: Loader,
  columns: readonly InputColumn[],
): Promise<ScannedRows> {
  const [file] = await loader.discover()
  const scan = await loader.scan(file as InputFile, columns, new AbortController().signal)
  const expected: Row[] = []
  let rejects = 0
  for await (const loaded of loader.read(scan, new AbortController().signal)) {
    let row = 0
    for (const values of rowsOf(loaded.batch)) {
      expected.push([...values, BigInt(loaded.lines[row] ?? 0)])
      row += 1
    }
    rejects += loaded.rejects.length
  }
  return { scan, expected, rejects }
}
