import {
  rowsOf,
  type Column,
  type ColumnBatch,
  type Dataset,
  type EngineSession,
  type Query,
} from '@qarion/core'
import { DataTypes } from '@qarion/core'
import {
  aggregate,
  column,
  defineQuery,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  keep,
  limit,
  measure,
  parseExpression,
  select,
  sort,
} from '@qarion/plan'

import { readableDatasets, type RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { catalogOf, newestViews } from '../state/flow-catalog.ts'
import { readState } from '../state/read-state.ts'
import { stateOfFlow } from '../state/state-records.ts'
import { keptBatches } from '../steps/batch-operations.ts'

export interface ShowDatasetRequest {
  readonly flow: RunnableFlow
  readonly dataset: Dataset
  readonly batch?: number
  readonly where?: string
  readonly columns?: readonly string[]
  readonly limit?: number
  readonly signal?: AbortSignal
}

export interface DatasetRows {
  readonly columns: readonly Column[]
  readonly totalRows: number
  readonly batches: AsyncIterable<ColumnBatch>
}

/** Rows of a dataset in the order of its sort key. A dataset that nothing was written to yet has no rows. */
export async function showDataset(
  session: EngineSession,
  request: ShowDatasetRequest,
): Promise<DatasetRows> {
  const { flow, dataset } = request
  const columns = selectColumns(dataset, request.columns)
  const all = await readState(session)
  const state = stateOfFlow(all, flow.definition.id)
  const stored = new Set((await session.listTables()).map(({ name }) => name))
  if (state.batches.length === 0 && !stored.has(dataset.table)) {
    return { columns, totalRows: 0, batches: noRows() }
  }
  const catalog = catalogOf(readableDatasets(flow, all), ...newestViews(state.batches, state))
  const source: Query[] =
    dataset.storage.kind === 'batches'
      ? keptBatches(dataset.id)
      : [defineQuery('kept', [from(dataset.id)])]
  const filtered = defineQuery('filtered', [fromQuery('kept'), ...conditions(dataset, request)])
  const counted = defineQuery('counted', [
    fromQuery('filtered'),
    aggregate({ groupBy: [], measures: [measure('rows', 'count')] }),
  ])
  const rows = defineQuery('rows', [
    fromQuery('filtered'),
    sort(dataset.sortKey.map((name) => ({ column: name, direction: 'ascending', nulls: 'first' }))),
    ...(request.limit === undefined ? [] : [limit(request.limit)]),
    select(keep(columns)),
  ])
  let totalRows = 0
  for await (const batch of session.read({
    queries: [...source, filtered, counted],
    catalog,
    parameters: {},
  })) {
    for (const [count] of rowsOf(batch)) totalRows = Number(count)
  }
  const signal = request.signal === undefined ? {} : { signal: request.signal }
  return {
    columns,
    totalRows,
    batches: session.read({
      queries: [...source, filtered, rows],
      catalog,
      parameters: {},
      ...signal,
    }),
  }
}

function selectColumns(dataset: Dataset, names: readonly string[] | undefined): readonly Column[] {
  if (names === undefined) return dataset.columns
  return names.map((name) => {
    const found = dataset.columns.find((candidate) => candidate.name === name)
    if (found === undefined) {
      throw runtimeError(
        'QRN-SHOW-002',
        'usage',
        `dataset "${dataset.id}" has no column "${name}"`,
        {
          hint: `It has: ${dataset.columns.map((candidate) => candidate.name).join(', ')}.`,
        },
      )
    }
    return found
  })
}

function conditions(dataset: Dataset, request: ShowDatasetRequest): ReturnType<typeof filter>[] {
  const rules: ReturnType<typeof filter>[] = []
  if (request.batch !== undefined) {
    if (!dataset.columns.some(({ name }) => name === 'xt_batch_id')) {
      throw runtimeError('QRN-SHOW-002', 'usage', `dataset "${dataset.id}" is not kept by batch`, {
        hint: 'Leave --batch out.',
      })
    }
    rules.push(filter(equal(column('xt_batch_id', DataTypes.integer), integer(request.batch))))
  }
  if (request.where !== undefined) {
    const known = dataset.columns.map(({ name, type, required }) => ({
      name,
      type,
      nullable: !required,
    }))
    rules.push(
      filter(parseExpression(request.where, { columns: known, expected: DataTypes.boolean })),
    )
  }
  return rules
}

async function* noRows(): AsyncIterable<ColumnBatch> {}
