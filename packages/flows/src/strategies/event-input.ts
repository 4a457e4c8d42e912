import {
  DataTypes,
  type DagNode,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type InputColumn,
  type Query,
  type Rule,
} from '@qarion/core'
import {
  column,
  defineQuery,
  distinct,
  equal,
  filter,
  from,
  ingestNode,
  integer,
  isIn,
  select,
  text,
  window,
  windowColumn,
} from '@qarion/plan'

import { changeFeedDatasets } from '../change-feed/change-feed-datasets.ts'
import { ofBatch } from './batch-parameter.ts'
import { keep } from './snapshot.ts'

/**
 * The events that a batch brings: rows of its own delivery, or of a batch of the dataset that the flow reads. What has
 * come stays, unless a change feed says that it is deleted.
 */
export interface EventInput {
  /** Datasets of the flow's own; none where another flow keeps the rows. */
  readonly datasets: readonly Dataset[]
  /** Datasets of the flow's own that batches share, with `xt_batch_id`. */
  readonly shared: readonly Dataset[]
  readonly nodes: readonly DagNode[]
  readonly dependsOn: readonly string[]
  /**
   * `delivered`: the events that the batch adds or replaces, one per key where they have one. `withdrawn`: keys of those
   * that it deletes; only where `deletes`.
   */
  readonly queries: readonly Query[]
  readonly deletes: boolean
}

const RECORD_TYPE = 'xt_record_type'
const RANK = 'xt_rank'

/** `key` says which rows are one event; empty: every row is an event of its own. */
export function eventInput(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
  key: readonly InputColumn[],
): EventInput {
  const { sourceDatasetId } = definition.input
  return sourceDatasetId === undefined
    ? deliveredEvents(definition, key)
    : eventsOfDataset(definition, sources.get(sourceDatasetId) as Dataset, key)
}

function deliveredEvents(definition: FlowDefinition, key: readonly InputColumn[]): EventInput {
  const { columns, primaryKey } = definition.input
  const { landing, rejects } = changeFeedDatasets(definition, {
    key: columns.filter(({ name }) => primaryKey.includes(name)),
    columns,
    compared: [],
    beforeImage: false,
  })
  return {
    datasets: [landing, rejects],
    shared: [rejects],
    nodes: [
      ingestNode({
        id: 'load',
        title: 'Load the delivery',
        dataset: landing.id,
        rejects: rejects.id,
      }),
    ],
    dependsOn: ['load'],
    queries: [
      defineQuery(
        'delivered',
        [
          from(landing.id, 'current'),
          ...lastOfKey(key, ['xt_source_file', 'xt_source_line']),
          select(columns.map(keep)),
        ],
        { evaluate: 'once' },
      ),
    ],
    deletes: false,
  }
}

function eventsOfDataset(
  { input: { columns } }: FlowDefinition,
  source: Dataset,
  key: readonly InputColumn[],
): EventInput {
  const isFeed = source.columns.some(({ name }) => name === RECORD_TYPE)
  const recordType = column(RECORD_TYPE, DataTypes.string)
  const others = columns.filter(({ name }) => !key.some((part) => part.name === name))
  const delivered = isFeed
    ? [filter(isIn(recordType, ['new', 'reinserted', 'changed'].map(text)))]
    : lastOfKey(
        key,
        others.map(({ name }) => name),
      )
  return {
    datasets: [],
    shared: [],
    nodes: [],
    dependsOn: [],
    queries: [
      defineQuery(
        'delivered',
        [from(source.id), ofBatch, ...delivered, select(columns.map(keep))],
        { evaluate: 'once' },
      ),
      ...(isFeed
        ? [
            defineQuery('withdrawn', [
              from(source.id),
              ofBatch,
              filter(equal(recordType, text('deleted'))),
              select(key.map(keep)),
            ]),
          ]
        : []),
    ],
    deletes: isFeed,
  }
}

/** Of several rows with one key the last counts. */
function lastOfKey(key: readonly InputColumn[], order: readonly string[]): Rule[] {
  if (key.length === 0) return []
  if (order.length === 0) return [distinct()]
  return [
    window({
      partitionBy: key.map(({ name }) => name),
      orderBy: order.map((name) => ({
        column: name,
        direction: 'descending' as const,
        nulls: 'last' as const,
      })),
      columns: [windowColumn(RANK, 'row_number')],
    }),
    filter(equal(column(RANK, DataTypes.integer), integer(1))),
  ]
}
