import {
  rowsOf,
  type Catalog,
  type Dataset,
  type EngineSession,
  type Row,
  type Rule,
} from '@qarion/core'
import { defineQuery, from, sort } from '@qarion/plan'

import { STATE_DATASETS } from './state-datasets.ts'
import {
  batchRecordFromRow,
  EMPTY_STATE,
  inputRecordFromRow,
  stepRecordFromRow,
  type State,
} from './state-records.ts'

/** What the engine remembers of all flows; empty where nothing was ever run. */
export async function readState(session: EngineSession): Promise<State> {
  const tables = new Set((await session.listTables('xt_')).map(({ name }) => name))
  if (!tables.has(STATE_DATASETS.batches.table)) return EMPTY_STATE
  return {
    batches: (await readRows(session, STATE_DATASETS.batches)).map(batchRecordFromRow),
    inputs: (await readRows(session, STATE_DATASETS.inputs)).map(inputRecordFromRow),
    steps: (await readRows(session, STATE_DATASETS.steps)).map(stepRecordFromRow),
  }
}

/** Rows of a state dataset, in its order: those that `rules` leave. */
export async function readRows(
  session: EngineSession,
  dataset: Dataset,
  rules: readonly Rule[] = [],
): Promise<Row[]> {
  const catalog: Catalog = { datasets: new Map([[dataset.id, dataset]]), batches: new Map() }
  const order = sort(
    dataset.sortKey.map((column) => ({
      column,
      direction: 'ascending' as const,
      nulls: 'first' as const,
    })),
  )
  const query = defineQuery('state', [from(dataset.id), ...rules, order])
  const rows: Row[] = []
  for await (const batch of session.read({ queries: [query], catalog, parameters: {} }))
    rows.push(...rowsOf(batch))
  return rows
}
