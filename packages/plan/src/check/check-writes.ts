import { MERGE_SOURCE_PREFIX } from '@qarion/core'
import type {
  Column,
  Dataset,
  DatasetId,
  MergeBranch,
  MergeWrite,
  NamedExpression,
  Write,
} from '@qarion/core'

import { requireCondition } from '../builders/expressions.ts'
import { planError } from '../plan-errors.ts'
import { checkExpression } from './check-expression.ts'
import { requireDataset } from './check-scope.ts'
import {
  columnsOfDataset,
  requireColumn,
  requireColumnNames,
  requireSameType,
  type PlanColumn,
} from './plan-column.ts'
import { within } from './within.ts'

type Columns = readonly PlanColumn[]

/** Column that ties a row of a table to its batch. */
const BATCH_COLUMN = 'xt_batch_id'

/** Checks a write against the columns of its query and the dataset. */
export function checkWrite(
  write: Write,
  columns: Columns,
  datasets: ReadonlyMap<DatasetId, Dataset>,
): void {
  const dataset = requireDataset(datasets, write.dataset)
  checkStorage(write, dataset)
  switch (write.kind) {
    case 'append':
    case 'replace':
    case 'overwrite':
      return checkRows(columns, dataset)
    case 'replace_keys':
      checkRows(columns, dataset)
      return checkKeys(write.scope, columns, dataset, 'scope')
    case 'delete':
      return checkKeys(write.on, columns, dataset, 'on')
    case 'merge':
      return checkMerge(write, columns, dataset)
  }
}

function checkStorage(write: Write, dataset: Dataset): void {
  if (dataset.storage.kind === 'view') {
    throw planError('QRN-PLAN-012', `${dataset.id} is a view and cannot be written.`)
  }
  if (dataset.storage.kind === 'batches' && write.kind !== 'append' && write.kind !== 'replace') {
    throw planError(
      'QRN-PLAN-012',
      `${dataset.id} is stored by batch and cannot be written by ${write.kind}.`,
      'Use append or replace.',
    )
  }
  if (
    write.kind === 'replace' &&
    dataset.storage.kind === 'table' &&
    !dataset.columns.some((column) => column.name === BATCH_COLUMN)
  ) {
    throw planError(
      'QRN-PLAN-012',
      `${dataset.id} has no column ${BATCH_COLUMN}, so replace cannot find the batch's rows.`,
      'Add the column, or use overwrite.',
    )
  }
}

function checkRows(columns: Columns, dataset: Dataset): void {
  for (const column of columns) {
    const target = dataset.columns.find((other) => other.name === column.name)
    if (target === undefined) {
      throw planError(
        'QRN-PLAN-011',
        `The query has the column ${column.name}, which ${dataset.id} has not.`,
      )
    }
    requireSameType(
      column.type,
      target.type,
      `The column ${column.name} of the query and of ${dataset.id}`,
    )
  }
  requireRequired(
    dataset,
    columns.map((column) => column.name),
  )
}

function requireRequired(dataset: Dataset, given: readonly string[]): void {
  const missing = dataset.columns.find((column) => column.required && !given.includes(column.name))
  if (missing !== undefined) {
    throw planError(
      'QRN-PLAN-011',
      `Nothing is written to ${missing.name} of ${dataset.id}, which must not be NULL.`,
    )
  }
}

function checkKeys(
  keys: readonly string[],
  columns: Columns,
  dataset: Dataset,
  what: string,
): void {
  if (keys.length === 0) throw planError('QRN-PLAN-015', `${what} names no column.`)
  requireColumnNames(keys.map((name) => ({ name })))
  for (const key of keys) {
    const target = within(dataset.id, () => requireColumn(columnsOfDataset(dataset), key))
    requireSameType(
      requireColumn(columns, key).type,
      target.type,
      `The column ${key} of the query and of ${dataset.id}`,
    )
  }
}

function checkMerge(write: MergeWrite, columns: Columns, dataset: Dataset): void {
  checkKeys(write.on, columns, dataset, 'on')
  if (write.branches.length === 0) throw planError('QRN-PLAN-015', 'The merge has no branches.')
  const target = columnsOfDataset(dataset)
  const source = columns.map((column) => ({ ...column, name: MERGE_SOURCE_PREFIX + column.name }))
  requireColumnNames([...target, ...source])
  for (const [index, branch] of write.branches.entries()) {
    within(`branch ${index + 1} (${branch.when})`, () =>
      checkBranch(branch, write, dataset, visibleIn(branch, target, source)),
    )
  }
}

function visibleIn(branch: MergeBranch, target: Columns, source: Columns): Columns {
  if (branch.when === 'not_matched') return source
  return branch.when === 'not_matched_by_source' ? target : [...target, ...source]
}

function checkBranch(
  branch: MergeBranch,
  write: MergeWrite,
  dataset: Dataset,
  visible: Columns,
): void {
  const { action, when } = branch
  if (branch.condition !== undefined) {
    checkExpression(branch.condition, visible)
    requireCondition(branch.condition, 'a branch')
  }
  if (action.kind !== 'nothing' && (action.kind === 'insert') !== (when === 'not_matched')) {
    throw planError('QRN-PLAN-015', `${action.kind} is not possible where a row is ${when}.`)
  }
  if (action.kind === 'insert') {
    checkAssignments(action.set, dataset.columns, visible)
    requireRequired(
      dataset,
      action.set.map(({ name }) => name),
    )
  }
  if (action.kind === 'update') {
    checkAssignments(action.set, dataset.columns, visible)
    const key = action.set.find(({ name }) => write.on.includes(name))
    if (key !== undefined)
      throw planError('QRN-PLAN-015', `The update sets ${key.name}, on which rows are matched.`)
  }
}

function checkAssignments(
  set: readonly NamedExpression[],
  columns: readonly Column[],
  visible: Columns,
): void {
  if (set.length === 0) throw planError('QRN-PLAN-015', 'Nothing is set.')
  requireColumnNames(set)
  const targets = columns.map(({ name, type }) => ({ name, type, nullable: true }))
  for (const { name, expression } of set) {
    const target = requireColumn(targets, name)
    within(`column ${name}`, () => {
      checkExpression(expression, visible)
      requireSameType(expression.type, target.type, 'What is set and the column')
    })
  }
}
