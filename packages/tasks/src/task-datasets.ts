import {
  type Column,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  DataTypes,
  type OptionDescriptor,
  SYSTEM_COLUMN_PREFIX,
  type TaskDefinition,
  type TaskSurroundings,
} from '@qarion/core'
import { suggestName } from '@qarion/plan'

import { settingError } from './task-errors.ts'

/** How the rows of a target are put into it. */
export type Processing = 'FULL_REFRESH' | 'INCREMENTAL'

export const SOURCE_TABLE_TYPE: OptionDescriptor = {
  name: 'source_table_type',
  type: 'string',
  isAdvanced: true,
  description: 'Name of the dataset that is read, where source_dataset_id is absent.',
}

export const TARGET_TABLE_TYPE: OptionDescriptor = {
  name: 'target_table_type',
  type: 'string',
  isAdvanced: true,
  description: 'Name of the dataset that is written, where target_dataset_id is absent.',
}

export const OPERATION: OptionDescriptor = {
  name: 'operation',
  type: 'string',
  isAdvanced: true,
  description: 'What the task is called in plans where it has no name.',
}

/** Id of a dataset that a task names: one without a point is the flow's own. */
export function datasetId({ id }: Pick<FlowDefinition, 'id'>, name: string): DatasetId {
  return name.includes('.') ? name : `${id}.${name}`
}

/** The dataset that a task reads. Throws QRN-TASK-001, -003. */
export function sourceOf(task: TaskDefinition, { flow, datasets }: TaskSurroundings): Dataset {
  const named = task.sourceDatasetId ?? (task.properties['source_table_type'] as string | undefined)
  const path =
    task.sourceDatasetId === undefined ? ['properties', 'source_table_type'] : ['source_dataset_id']
  if (named === undefined)
    throw settingError('QRN-TASK-001', 'nothing says what it reads', [], 'Add source_dataset_id.')
  return requireDataset(datasetId(flow, named), datasets, path)
}

/** Throws QRN-TASK-003 with the nearest name. */
export function requireDataset(
  id: DatasetId,
  datasets: ReadonlyMap<DatasetId, Dataset>,
  path: readonly (string | number)[],
): Dataset {
  const found = datasets.get(id)
  if (found !== undefined) return found
  throw settingError(
    'QRN-TASK-003',
    `there is no dataset "${id}" before it`,
    path,
    suggestName(id, [...datasets.keys()], 'datasets'),
  )
}

/** The dataset that a task writes. Throws QRN-TASK-001, -002. */
export function targetOf(
  task: TaskDefinition,
  { flow }: TaskSurroundings,
  columns: readonly Column[],
  processing: Processing,
): Dataset {
  const named = task.targetDatasetId ?? (task.properties['target_table_type'] as string | undefined)
  const path =
    task.targetDatasetId === undefined ? ['properties', 'target_table_type'] : ['target_dataset_id']
  if (named === undefined)
    throw settingError('QRN-TASK-001', 'nothing says what it writes', [], 'Add target_dataset_id.')
  const name = named.startsWith(`${flow.id}.`) ? named.slice(flow.id.length + 1) : named
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || name === 'results') {
    throw settingError(
      'QRN-TASK-002',
      `"${named}" cannot be a dataset of this flow`,
      path,
      name === 'results'
        ? 'The view of what came of the tasks has this name.'
        : 'Write a letter, then letters, digits and `_`; the flow before a point may be left out.',
    )
  }
  const key = (task.properties['primary_key'] ?? []) as readonly string[]
  const unknown = key.find((column) => !columns.some((other) => other.name === column))
  if (unknown !== undefined) {
    throw settingError(
      'QRN-TASK-002',
      `the key column "${unknown}" is not in the result`,
      ['properties', 'primary_key'],
      suggestName(
        unknown,
        columns.map((column) => column.name),
        'columns',
      ),
    )
  }
  const system: readonly Column[] =
    processing === 'FULL_REFRESH'
      ? []
      : [
          { name: 'xt_batch_id', type: DataTypes.integer, required: true },
          { name: 'xt_batch_time', type: DataTypes.timestamp, required: true },
        ]
  const all = [...columns, ...system]
  const order = key.length > 0 ? key : columns.map((column) => column.name)
  const byBatch = system.length === 0 ? [] : ['xt_batch_id']
  return {
    id: `${flow.id}.${name}`,
    table: [flow.namespace, flow.id, name].join('_'),
    ...(task.description === undefined ? {} : { description: task.description }),
    storage: { kind: 'table' },
    columns: all,
    key: key.length === 0 ? [] : [...byBatch, ...key],
    sortKey: [...byBatch, ...order],
    isInternal: false,
  }
}

/** Columns without those that the system adds. */
export function userColumns<Named extends { readonly name: string }>(
  columns: readonly Named[],
): readonly Named[] {
  return columns.filter(({ name }) => !name.toLowerCase().startsWith(SYSTEM_COLUMN_PREFIX))
}
