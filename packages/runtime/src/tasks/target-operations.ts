import {
  formatType,
  type Catalog,
  type DagNode,
  type Dataset,
  type Operation,
  type NativeStatement,
  SYSTEM_COLUMN_PREFIX,
  type TaskResult,
  type Value,
} from '@qarion/core'
import {
  defineInstruction,
  defineQuery,
  filter,
  from,
  literal,
  overwrite,
  replace,
} from '@qarion/plan'

import type { RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { tableOf } from '../state/state-datasets.ts'
import type { TaskRecord } from '../state/task-records.ts'

/** The dataset that a step makes. */
export function targetOfStep({ plan }: RunnableFlow, node: DagNode): Dataset | undefined {
  return plan.datasets.find(({ id }) => node.writes.includes(id))
}

/** Names and types of a dataset's columns as JSON: what the rows in its table have. */
export function columnsText({ columns }: Dataset): string {
  return JSON.stringify(columns.map(({ name, type }) => [name, formatType(type)]))
}

/**
 * Makes way for rows of other types than those that the task wrote before: the table is made anew where all rows are
 * replaced. Throws QRN-RUN-020 where rows would be added to them.
 */
export function retypeOperations(
  { definition: { id } }: RunnableFlow,
  target: Dataset,
  before: TaskRecord | undefined,
): readonly Operation[] {
  if (before?.columns === undefined || before.columns === columnsText(target)) return []
  const stored = new Map(JSON.parse(before.columns) as readonly (readonly [string, string])[])
  const changed = target.columns.filter(
    ({ name, type }) => stored.has(name) && stored.get(name) !== formatType(type),
  )
  // Rows that were not kept by batch are no history to add to.
  const isAdding = isAddedTo(target) && stored.has('xt_batch_id')
  if (isAdding && changed.length === 0) return []
  if (isAdding) {
    throw runtimeError(
      'QRN-RUN-020',
      'guard',
      `flow "${id}": ${changed.map(({ name }) => `"${name}"`).join(', ')} of "${target.id}" changed the type, and its rows stay`,
      { data: { columns: changed.map(({ name }) => name) } },
    )
  }
  return [{ kind: 'drop_table', table: target.table }]
}

/** Puts the rows that a task gives in the place of those of its target. */
export function loadOperations(
  catalog: Catalog,
  target: Dataset,
  load: NonNullable<TaskResult['load']>,
): readonly Operation[] {
  return [
    emptying(catalog, target, {}),
    { kind: 'load', table: tableOf(target), source: { batches: load }, count: 'loaded' },
  ]
}

/** Puts the rows of a statement in the place of those of the target, or of those of the batch. */
export function statementOperations(
  catalog: Catalog,
  target: Dataset,
  statement: NativeStatement,
  parameters: Readonly<Record<string, Value | null>>,
): readonly Operation[] {
  const constants = target.columns
    .filter(({ name }) => name.startsWith(SYSTEM_COLUMN_PREFIX))
    .map(({ name }) => ({ column: name, parameter: name.slice(SYSTEM_COLUMN_PREFIX.length) }))
  return [
    emptying(catalog, target, parameters),
    {
      kind: 'insert_select',
      statement,
      dataset: target.id,
      constants,
      count: 'inserted',
      catalog,
      parameters,
    },
  ]
}

/** Deletes all rows of a target; of one to which rows are added those of the batch. */
function emptying(
  catalog: Catalog,
  target: Dataset,
  parameters: Readonly<Record<string, Value | null>>,
): Operation {
  const none = defineQuery('none', [from(target.id), filter(literal({ kind: 'boolean' }, 'false'))])
  const write = (isAddedTo(target) ? replace : overwrite)('none', target.id)
  return {
    kind: 'instruction',
    instruction: defineInstruction('empty', [none], [write]),
    catalog,
    parameters,
  }
}

function isAddedTo({ columns }: Dataset): boolean {
  return columns.some(({ name }) => name === 'xt_batch_id')
}
