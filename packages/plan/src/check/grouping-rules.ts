import { AGGREGATE_NAMES, formatType, isSameType, WINDOW_NAMES } from '@qarion/core'
import type {
  AggregateMeasure,
  AggregateRule,
  DataType,
  Expression,
  SortKey,
  WindowColumn,
  WindowRule,
} from '@qarion/core'

import { checkArguments } from '../functions/check-call.ts'
import type { FunctionSignature } from '../functions/signature.ts'
import { AGGREGATE_SIGNATURES, WINDOW_SIGNATURES } from '../functions/signatures.ts'
import { planError } from '../plan-errors.ts'
import { suggestName } from '../suggest.ts'
import { checkExpression } from './check-expression.ts'
import { requireColumn, requireColumnNames, type PlanColumn } from './plan-column.ts'
import { within } from './within.ts'

type Columns = readonly PlanColumn[]

export function inferAggregate(rule: AggregateRule, columns: Columns): Columns {
  const groups = rule.groupBy.map((name) => requireColumn(columns, name))
  if (groups.length + rule.measures.length === 0)
    throw planError('QRN-PLAN-015', 'The aggregate gives no columns.')
  requireColumnNames(groups)
  const measures = rule.measures.map((measure) =>
    within(`measure ${measure.name}`, () => inferMeasure(measure, columns, groups.length > 0)),
  )
  return [...groups, ...measures]
}

export function inferWindow(rule: WindowRule, columns: Columns): Columns {
  for (const name of rule.partitionBy) requireColumn(columns, name)
  checkSortKeys(rule.orderBy, columns)
  if (rule.orderBy.length === 0) {
    throw planError(
      'QRN-PLAN-015',
      'The window has no order, so its rows would come in any.',
      'Give orderBy columns that are unique in a partition.',
    )
  }
  const added = rule.columns.map((column) =>
    within(`column ${column.name}`, () => inferWindowColumn(column, columns)),
  )
  return [...columns, ...added]
}

/** Throws QRN-PLAN-001 for a key that is no column. */
export function checkSortKeys(keys: readonly SortKey[], columns: Columns): void {
  for (const key of keys) requireColumn(columns, key.column)
  requireColumnNames(keys.map(({ column }) => ({ name: column })))
}

/** The result type of an aggregate over these arguments. Throws QRN-PLAN-002, -003, -004. */
export function aggregateType(name: string, args: readonly Expression[]): DataType {
  if (!isNameOf(AGGREGATE_NAMES, name)) throw unknownFunction(name, AGGREGATE_NAMES, 'aggregates')
  return checkArguments(name, AGGREGATE_SIGNATURES[name], args)
}

/** The result type of a window function over these arguments. Throws QRN-PLAN-002, -003, -004. */
export function windowType(name: string, args: readonly Expression[]): DataType {
  if (!isNameOf(WINDOW_NAMES, name)) throw unknownFunction(name, WINDOW_NAMES, 'window functions')
  const type = checkArguments(name, WINDOW_SIGNATURES[name], args)
  const offset = args[1]
  if (offset?.kind === 'literal' && offset.text !== null && BigInt(offset.text) < 1n) {
    throw planError(
      'QRN-PLAN-003',
      `${name} was given the offset ${offset.text}; it is at least 1.`,
    )
  }
  return type
}

function inferMeasure(measure: AggregateMeasure, columns: Columns, isGrouped: boolean): PlanColumn {
  const nullable = measure.arguments.map((argument) => checkExpression(argument, columns))
  const type = aggregateType(measure.function, measure.arguments)
  checkSortKeys(measure.orderBy ?? [], columns)
  if (
    (measure.function === 'collect') !==
    (measure.orderBy !== undefined && measure.orderBy.length > 0)
  ) {
    throw planError(
      'QRN-PLAN-015',
      measure.function === 'collect'
        ? 'collect has no order.'
        : `${measure.function} takes no order.`,
    )
  }
  requireStated(measure.type, type, measure.function)
  const isAlwaysThere = AGGREGATE_SIGNATURES[measure.function].nulls === 'never'
  return {
    name: measure.name,
    type,
    nullable: !isAlwaysThere && (!isGrouped || nullable.some(Boolean)),
  }
}

function inferWindowColumn(column: WindowColumn, columns: Columns): PlanColumn {
  const nullable = column.arguments.map((argument) => checkExpression(argument, columns))
  const type = windowType(column.function, column.arguments)
  requireStated(column.type, type, column.function)
  const signature: FunctionSignature = WINDOW_SIGNATURES[column.function]
  const reachesOutside = column.function === 'lag' || column.function === 'lead'
  return {
    name: column.name,
    type,
    nullable: signature.nulls !== 'never' && (reachesOutside || nullable.some(Boolean)),
  }
}

function requireStated(stated: DataType, inferred: DataType, what: string): void {
  if (isSameType(stated, inferred)) return
  throw planError(
    'QRN-PLAN-002',
    `${what} is stated as ${formatType(stated)} but gives ${formatType(inferred)}.`,
  )
}

function isNameOf<const Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((known) => known === name)
}

function unknownFunction(name: string, names: readonly string[], noun: string): Error {
  return planError(
    'QRN-PLAN-004',
    `There is no function ${name} here.`,
    suggestName(name, names, noun),
  )
}
