import {
  DataTypes,
  type Column,
  type Dataset,
  type FlowDefinition,
  type NamedExpression,
  type Query,
} from '@qarion/core'
import { boolean, defineQuery, from, nullOf, select, union } from '@qarion/plan'

import { toColumn } from '../change-feed/change-feed-datasets.ts'
import { tableName } from '../dataset-table.ts'
import { BATCH_ID } from '../strategies/batch-parameter.ts'
import { keep } from '../strategies/snapshot.ts'
import {
  CHANGED_COLUMNS,
  CLOSE_REASON,
  CLOSED_BATCH_ID,
  COUNTS,
  IS_CURRENT,
  VALID_FROM,
  VALID_TO,
  VERSION,
  VERSION_ID,
  type SystemColumn,
} from './scd2-columns.ts'
import type { Scd2Settings } from './scd2-settings.ts'

/**
 * A dimension lies in two tables, so that what a batch costs does not grow with history: of open versions there is one
 * per key, and closed ones are only added to.
 */
export interface Scd2Datasets {
  /** Closed and open versions: a view. */
  readonly dimension: Dataset
  /** The open versions: a view. */
  readonly current: Dataset
  readonly openVersions: Dataset
  readonly closedVersions: Dataset
  /** Number and end of the last version of keys that have no open one. */
  readonly endedKeys: Dataset
  readonly batchTotals: Dataset
}

const DESCRIPTIONS: Readonly<Record<string, string>> = Object.freeze({
  [VERSION.name]: 'The number of the version among those of its key, from 1.',
  [VERSION_ID.name]: 'Key and version as canonical text.',
  [VALID_FROM.name]: 'From when on the version is valid.',
  [VALID_TO.name]:
    'When the version ends: it is valid up to before this instant. Empty while open.',
  [IS_CURRENT.name]: 'Whether the version is open.',
  [CLOSE_REASON.name]: '`changed` or `deleted`; empty while the version is open.',
  [BATCH_ID.name]: 'The batch that opened the version.',
  [CLOSED_BATCH_ID.name]: 'The batch that closed the version; empty while it is open.',
  [CHANGED_COLUMNS.name]:
    'What differs from the version before, in the order of columns; empty if the key was new or had been deleted.',
})

const START: readonly SystemColumn[] = [VERSION, VERSION_ID, VALID_FROM]
const END: readonly SystemColumn[] = [VALID_TO, CLOSE_REASON, CLOSED_BATCH_ID]
const OPTIONAL: readonly SystemColumn[] = [...END, CHANGED_COLUMNS]

/** What an open version has besides the columns of its row. */
export const OF_OPEN: readonly SystemColumn[] = [...START, BATCH_ID, CHANGED_COLUMNS]
const OF_DIMENSION: readonly SystemColumn[] = [
  ...START,
  VALID_TO,
  IS_CURRENT,
  CLOSE_REASON,
  BATCH_ID,
  CLOSED_BATCH_ID,
  CHANGED_COLUMNS,
]

/** The datasets of a dimension, without those that deliveries need. */
export function scd2Datasets(definition: FlowDefinition, settings: Scd2Settings): Scd2Datasets {
  const keyNames = settings.key.map(({ name }) => name)
  const versionKey = [...keyNames, VERSION.name]
  // A row that is closed may have lacked a column that is required now.
  const input = settings.columns.map((column) => ({
    ...toColumn(column),
    required: keyNames.includes(column.name),
  }))
  const dataset = (
    name: string,
    rest: Pick<Dataset, 'columns' | 'key' | 'description'> & Partial<Dataset>,
  ): Dataset => ({
    id: `${definition.id}.${name}`,
    table: tableName(definition, name),
    storage: { kind: 'table' },
    sortKey: rest.key,
    isInternal: true,
    ...rest,
  })
  const openVersions = dataset('open_versions', {
    description: 'The versions that are open, one per key at most.',
    columns: [...input, ...OF_OPEN.map(described)],
    key: keyNames,
  })
  const closedVersions = dataset('closed_versions', {
    description: 'The versions that are closed, never changed.',
    columns: [
      ...input,
      ...[...START, ...END, BATCH_ID, CHANGED_COLUMNS].map(described).map(closed),
    ],
    key: versionKey,
  })
  return Object.freeze({
    dimension: dataset('dimension', {
      description: 'All versions of all rows, each with the time in which it is valid.',
      storage: { kind: 'view', queries: dimensionRows(settings, openVersions, closedVersions) },
      columns: [...input, ...OF_DIMENSION.map(described)],
      key: versionKey,
      isInternal: false,
    }),
    current: dataset('current', {
      description: 'The versions that are open: the rows as they are after the newest batch.',
      storage: {
        kind: 'view',
        queries: [
          defineQuery('current', [
            from(openVersions.id),
            select([...settings.columns, ...OF_OPEN].map(keep)),
          ]),
        ],
      },
      columns: openVersions.columns,
      key: keyNames,
      isInternal: false,
    }),
    openVersions,
    closedVersions,
    endedKeys: dataset('ended_keys', {
      description:
        'The last version of keys that have no open one: from it a key that comes back is counted on.',
      columns: [
        ...input.filter(({ name }) => keyNames.includes(name)),
        described(VERSION),
        closed(described(VALID_TO)),
      ],
      key: keyNames,
    }),
    batchTotals: dataset('batch_totals', {
      description: 'What became of keys in each batch.',
      columns: [
        described(BATCH_ID),
        ...COUNTS.map((name) => ({ name, type: DataTypes.integer, required: true })),
      ],
      key: [BATCH_ID.name],
    }),
  })
}

function described(of: SystemColumn): Column {
  const description = DESCRIPTIONS[of.name]
  return {
    ...of,
    required: !OPTIONAL.includes(of),
    ...(description === undefined ? {} : { description }),
  }
}

function closed(of: Column): Column {
  return { ...of, required: of.name !== CHANGED_COLUMNS.name }
}

function dimensionRows(
  { columns }: Scd2Settings,
  openVersions: Dataset,
  closedVersions: Dataset,
): Query[] {
  const rows = (isOpen: boolean): NamedExpression[] => [
    ...columns.map(keep),
    ...OF_DIMENSION.map((of): NamedExpression => {
      if (of === IS_CURRENT) return { name: of.name, expression: boolean(isOpen) }
      return isOpen && END.includes(of) ? { name: of.name, expression: nullOf(of.type) } : keep(of)
    }),
  ]
  return [
    defineQuery('closed', [from(closedVersions.id), select(rows(false))]),
    defineQuery('dimension', [from(openVersions.id), select(rows(true)), union(['closed'])]),
  ]
}
