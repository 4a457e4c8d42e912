import {
  DataTypes,
  QarionError,
  type DagNode,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type InputColumn,
  type Instruction,
  type Query,
  type Rule,
} from '@qarion/core'
import {
  and,
  call,
  column,
  defineQuery,
  equal,
  filter,
  from,
  integer,
  select,
  text,
  window,
  windowColumn,
} from '@qarion/plan'

import { changeFeedDatasets, refusedKeysDataset } from '../change-feed/change-feed-datasets.ts'
import { readChangeFeedSettings } from '../change-feed/change-feed-settings.ts'
import { BATCH_ID, batchId, ofBatch } from './batch-parameter.ts'
import { detectionSteps } from './detection-steps.ts'
import type { RowRefusal } from './refused-rows.ts'
import { keep, snapshotRows } from './snapshot.ts'

/**
 * The changes that a flow goes by, batch by batch: detected in its own deliveries, or those of a change feed that it
 * reads. What comes of them is the same.
 */
export interface ChangeInput {
  /** Key and columns of the rows, without system columns. */
  readonly key: readonly InputColumn[]
  readonly columns: readonly InputColumn[]
  /** Datasets of the flow's own; none where another flow has detected the changes. */
  readonly datasets: readonly Dataset[]
  /** Steps that come first; the flow's own depend on the last of them. */
  readonly nodes: readonly DagNode[]
  readonly dependsOn: readonly string[]
  /** Takes back what the steps of a batch wrote. */
  readonly revert: readonly Instruction[]
  /**
   * The rows that the batch changed: the columns, `xt_record_type` (`new`, `changed`, `deleted` with the last known
   * values, `reinserted`) and `xt_changed_columns`.
   */
  changes(name: string): Query
  /** The rows as they are after the batch, by what all batches changed up to it. */
  snapshot(name: string): readonly Query[]
}

export interface ChangeInputOptions {
  /**
   * `change_feed`: kept for users, under that name. `batch`: kept for the newest batches only, as the flow's own
   * machinery.
   */
  readonly keeps: 'change_feed' | 'batch'
  /** Whether rows of deliveries may be refused, by the definition of now or by an earlier one. */
  readonly mayRefuse?: boolean
  /** What refuses rows of deliveries. */
  readonly refusal?: RowRefusal | undefined
  /** Name of the dataset that holds the deliveries; `landing` if absent. */
  readonly landing?: string
}

const RECORD_TYPE = { name: 'xt_record_type', type: DataTypes.string }
const CHANGED_COLUMNS = { name: 'xt_changed_columns', type: DataTypes.json }

/**
 * The changes of a flow. Throws QarionError with all problems of the properties that change detection has, or
 * QRN-FEED-005 where the dataset that is read is no change feed.
 */
export function changeInput(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
  options: ChangeInputOptions,
): ChangeInput {
  const { sourceDatasetId } = definition.input
  if (sourceDatasetId === undefined) return detectedChanges(definition, options)
  return changesOfFeed(definition, sources.get(sourceDatasetId) as Dataset)
}

function changesOfFeed(definition: FlowDefinition, feed: Dataset): ChangeInput {
  const { columns, primaryKey } = definition.input
  const isThere = ({ name }: { readonly name: string }): boolean =>
    feed.columns.some((candidate) => candidate.name === name)
  if (![RECORD_TYPE, CHANGED_COLUMNS].every(isThere)) {
    throw new QarionError(
      'QRN-FEED-005',
      'configuration',
      `flow "${definition.id}": "${feed.id}" does not tell what changed`,
      {
        hint: 'Name the change_feed of a flow.',
        data: { path: ['input', 'source_dataset_id'] },
      },
    )
  }
  return {
    key: columns.filter(({ name }) => primaryKey.includes(name)),
    columns,
    datasets: [],
    nodes: [],
    dependsOn: [],
    revert: [],
    changes: (name) => changesQuery(name, columns, [from(feed.id), ofBatch]),
    snapshot: (name) => foldedFeed(name, definition.input, feed.id),
  }
}

function detectedChanges(
  definition: FlowDefinition,
  { keeps, mayRefuse = false, refusal, landing: landingName = 'landing' }: ChangeInputOptions,
): ChangeInput {
  const settings = readChangeFeedSettings(definition)
  const standard = changeFeedDatasets(definition, settings)
  const made = { ...standard, landing: renamed(standard.landing, /landing$/, landingName) }
  const refusedKeys = mayRefuse ? [refusedKeysDataset(definition, settings)] : []
  const [keptRefused] = refusedKeys
  const datasets = {
    ...made,
    changeFeed: keeps === 'change_feed' ? made.changeFeed : perBatch(made.changeFeed),
    ...(keptRefused === undefined ? {} : { refusedKeys: keptRefused }),
  }
  const { landing, carried, changeFeed, deletedKeys, rejects } = datasets
  const { nodes, revert } = detectionSteps(definition, settings, datasets, refusal)
  return {
    key: settings.key,
    columns: settings.columns,
    datasets: [landing, changeFeed, rejects, carried, deletedKeys, ...refusedKeys],
    nodes,
    dependsOn: ['detect'],
    revert: [revert],
    changes: (name) =>
      changesQuery(
        name,
        settings.columns,
        keeps === 'change_feed' ? [from(changeFeed.id), ofBatch] : [from(changeFeed.id, 'current')],
      ),
    snapshot: (name) =>
      keeps === 'change_feed'
        ? foldedFeed(name, definition.input, changeFeed.id)
        : snapshotRows(name, settings, datasets, 'current'),
  }
}

/** The last row of each key in the feed, unless it was deleted. Costs the history of the feed. */
function foldedFeed(
  name: string,
  { columns, primaryKey }: FlowDefinition['input'],
  feed: DatasetId,
): Query[] {
  const recordType = column(RECORD_TYPE.name, RECORD_TYPE.type)
  return [
    defineQuery(name, [
      from(feed),
      filter(
        and(
          call('less_or_equal', column(BATCH_ID.name, BATCH_ID.type), batchId),
          call('not_equal', recordType, text('unchanged')),
        ),
      ),
      window({
        partitionBy: primaryKey,
        orderBy: [{ column: 'xt_batch_id', direction: 'descending', nulls: 'last' }],
        columns: [windowColumn('xt_rank', 'row_number')],
      }),
      filter(
        and(
          equal(column('xt_rank', DataTypes.integer), integer(1)),
          call('not_equal', recordType, text('deleted')),
        ),
      ),
      select(columns.map(keep)),
    ]),
  ]
}

function perBatch(feed: Dataset): Dataset {
  return {
    ...renamed(feed, /change_feed$/, 'changes'),
    storage: { kind: 'batches' },
    isInternal: true,
  }
}

function renamed(dataset: Dataset, old: RegExp, to: string): Dataset {
  return { ...dataset, id: dataset.id.replace(old, to), table: dataset.table.replace(old, to) }
}

function changesQuery(
  name: string,
  columns: readonly InputColumn[],
  source: readonly Rule[],
): Query {
  return defineQuery(name, [
    ...source,
    filter(call('not_equal', column(RECORD_TYPE.name, RECORD_TYPE.type), text('unchanged'))),
    select([...columns, RECORD_TYPE, CHANGED_COLUMNS].map(keep)),
  ])
}
