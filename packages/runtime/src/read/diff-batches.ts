import {
  formatValue,
  rowsOf,
  type Column,
  type Dataset,
  type EngineSession,
  type Value,
} from '@qarion/core'
import { DataTypes } from '@qarion/core'
import {
  and,
  ascending,
  column,
  defineQuery,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  join,
  keep,
  limit,
  select,
  sameKeys,
  sort,
  text,
  window,
  windowColumn,
  call,
} from '@qarion/plan'

import { formatBatchTime } from '../deliveries/batch-time.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { catalogOf } from '../state/flow-catalog.ts'
import { readState } from '../state/read-state.ts'
import { stateOfFlow } from '../state/state-records.ts'
import { countBatch } from './count-batch.ts'

const RECORD_TYPES = ['new', 'changed', 'deleted', 'reinserted'] as const

export interface BatchDiff {
  readonly batch: number
  readonly batchTime: string
  readonly files: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  readonly samples: readonly DiffSample[]
}

/** A changed row as text in the form of CSV output; NULL is `null`. */
export interface DiffSample {
  readonly recordType: (typeof RECORD_TYPES)[number]
  readonly key: Readonly<Record<string, string | null>>
  readonly changes: readonly {
    readonly column: string
    readonly before: string | null
    readonly after: string | null
  }[]
}

/** What batches of a flow's change feed changed: counts, and up to `samples` rows of each record type. */
export async function diffBatches(
  session: EngineSession,
  flow: RunnableFlow,
  range: { readonly from: number; readonly to: number } | undefined,
  samples: number,
): Promise<BatchDiff[]> {
  const feed = flow.plan.datasets.find((dataset) =>
    dataset.columns.some(({ name }) => name === 'xt_record_type'),
  )
  if (feed === undefined) {
    throw runtimeError('QRN-SHOW-001', 'usage', `flow "${flow.definition.id}" has no change feed`, {
      hint: 'diff is for flows that detect changes.',
    })
  }
  const state = stateOfFlow(await readState(session), flow.definition.id)
  const newest = state.batches.at(-1)?.batch
  const { from: first, to: last } = range ?? { from: newest ?? 1, to: newest ?? 0 }
  const result: BatchDiff[] = []
  for (const record of state.batches.filter(({ batch }) => batch >= first && batch <= last)) {
    result.push({
      batch: record.batch,
      batchTime: formatBatchTime(record.batchTime),
      files: state.inputs.filter(({ batch }) => batch === record.batch).map(({ name }) => name),
      counts: await countBatch(session, flow, record.batch),
      samples: await sampleRows(session, flow, feed, record.batch, samples),
    })
  }
  return result
}

const PREVIOUS = 'xt_previous_'

async function sampleRows(
  session: EngineSession,
  flow: RunnableFlow,
  feed: Dataset,
  batch: number,
  samples: number,
): Promise<DiffSample[]> {
  const key = flow.definition.input.primaryKey
  const data = feed.columns.filter(({ name }) => !name.startsWith('xt_'))
  const isBatch = equal(column('xt_batch_id', DataTypes.integer), integer(batch))
  const catalog = catalogOf(flow.plan.datasets, undefined, undefined)
  const result: DiffSample[] = []
  for (const recordType of RECORD_TYPES) {
    const sampled = defineQuery('sampled', [
      from(feed.id),
      filter(and(isBatch, equal(column('xt_record_type', DataTypes.string), text(recordType)))),
      sort(ascending(key)),
      limit(samples),
    ])
    // The row before is the last that the feed holds of the key; only columns that the feed compares may differ.
    const history = defineQuery('history', [
      from(feed.id),
      filter(call('less_or_equal', column('xt_batch_id', DataTypes.integer), integer(batch))),
      join('sampled', { type: 'semi', on: sameKeys(key, { nullSafe: false }) }),
      window({
        partitionBy: key,
        orderBy: ascending('xt_batch_id'),
        columns: data.map(({ name, type }) =>
          windowColumn(PREVIOUS + name, 'lag', [column(name, type)]),
        ),
      }),
    ])
    const rows = defineQuery('rows', [
      fromQuery('history'),
      filter(isBatch),
      sort(ascending(key)),
      select([
        ...keep(data),
        ...keep(data.map(({ name, type }) => ({ name: PREVIOUS + name, type }))),
        ...keep([{ name: 'xt_changed_columns', type: DataTypes.json }]),
      ]),
    ])
    for await (const part of session.read({
      queries: [sampled, history, rows],
      catalog,
      parameters: {},
    })) {
      for (const row of rowsOf(part)) result.push(sampleOf(recordType, key, data, row))
    }
  }
  return result
}

function sampleOf(
  recordType: DiffSample['recordType'],
  key: readonly string[],
  data: readonly Column[],
  row: readonly (Value | null)[],
): DiffSample {
  const textOf = (index: number, offset: number): string | null => {
    const value = row[index + offset] ?? null
    return value === null ? null : formatValue((data[index] as Column).type, value)
  }
  const changed = new Set(JSON.parse((row[data.length * 2] as string | null) ?? '[]') as string[])
  const shown = data.flatMap((dataColumn, index) => {
    if (recordType === 'changed' ? !changed.has(dataColumn.name) : key.includes(dataColumn.name))
      return []
    const before =
      recordType === 'changed'
        ? textOf(index, data.length)
        : recordType === 'deleted'
          ? textOf(index, 0)
          : null
    return [
      {
        column: dataColumn.name,
        before,
        after: recordType === 'deleted' ? null : textOf(index, 0),
      },
    ]
  })
  return {
    recordType,
    key: Object.fromEntries(
      key.map((name) => [
        name,
        textOf(
          data.findIndex((candidate) => candidate.name === name),
          0,
        ),
      ]),
    ),
    changes: shown,
  }
}
