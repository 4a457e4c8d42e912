import {
  formatType,
  type Catalog,
  type DagNode,
  type Dataset,
  type Operation,
  type TaskResult,
} from '@qarion/core'
import { defineInstruction, defineQuery, filter, from, literal, overwrite } from '@qarion/plan'

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
  node: DagNode,
  target: Dataset,
  before: TaskRecord | undefined,
): readonly Operation[] {
  if (before?.columns === undefined || before.columns === columnsText(target)) return []
  const stored = new Map(JSON.parse(before.columns) as readonly (readonly [string, string])[])
  const changed = target.columns.filter(
    ({ name, type }) => stored.has(name) && stored.get(name) !== formatType(type),
  )
  const isAdding =
    node.kind === 'transform' && node.instruction.writes.some(({ kind }) => kind === 'replace')
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
  const none = defineQuery('none', [from(target.id), filter(literal({ kind: 'boolean' }, 'false'))])
  return [
    {
      kind: 'instruction',
      instruction: defineInstruction('empty', [none], [overwrite('none', target.id)]),
      catalog,
      parameters: {},
    },
    { kind: 'load', table: tableOf(target), source: { batches: load }, count: 'loaded' },
  ]
}
