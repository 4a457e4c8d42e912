import { DataTypes, TASK_RESULTS_DATASET, type Dataset, type FlowDefinition } from '@qarion/core'
import { column, defineQuery, equal, filter, from, keep, named, select, text } from '@qarion/plan'

import { tableName } from '../dataset-table.ts'

const SHOWN: readonly string[] = [
  'task',
  'status',
  'value',
  'branch',
  'error',
  'attempts',
  'finished_at',
]

/** The view `results`: what came of each task in each batch. */
export function resultsDataset(definition: FlowDefinition): Dataset {
  const { id } = definition
  const copied = TASK_RESULTS_DATASET.columns.filter(({ name }) => SHOWN.includes(name))
  return {
    id: `${id}.results`,
    table: tableName(definition, 'results'),
    description: 'What came of each task in each batch.',
    storage: {
      kind: 'view',
      queries: [
        defineQuery('results', [
          from(TASK_RESULTS_DATASET.id),
          filter(equal(column('flow', DataTypes.string), text(id))),
          select([named('xt_batch_id', column('batch', DataTypes.integer)), ...keep(copied)]),
        ]),
      ],
    },
    columns: [{ name: 'xt_batch_id', type: DataTypes.integer, required: true }, ...copied],
    key: ['xt_batch_id', 'task'],
    sortKey: ['xt_batch_id', 'task'],
    isInternal: false,
  }
}
