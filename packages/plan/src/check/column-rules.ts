import { DataTypes } from '@qarion/core'
import type { DropRule, NamedExpression, RenameRule, UnnestRule } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { checkExpression } from './check-expression.ts'
import { requireColumn, requireColumnNames, type PlanColumn } from './plan-column.ts'
import { within } from './within.ts'

type Columns = readonly PlanColumn[]

export function inferNamed(named: readonly NamedExpression[], columns: Columns): Columns {
  return named.map(({ name, expression }) => ({
    name,
    type: expression.type,
    nullable: within(`column ${name}`, () => checkExpression(expression, columns)),
  }))
}

export function inferSelect(named: readonly NamedExpression[], columns: Columns): Columns {
  if (named.length === 0) throw planError('QRN-PLAN-015', 'The rule selects no columns.')
  return inferNamed(named, columns)
}

export function inferDerive(named: readonly NamedExpression[], columns: Columns): Columns {
  requireColumnNames(named)
  const derived = new Map(inferNamed(named, columns).map((column) => [column.name, column]))
  const kept = columns.map((column) => derived.get(column.name) ?? column)
  const names = new Set(columns.map((column) => column.name))
  return [...kept, ...[...derived.values()].filter((column) => !names.has(column.name))]
}

export function inferRename(rule: RenameRule, columns: Columns): Columns {
  const renamed = new Map<string, string>()
  for (const { from, to } of rule.columns) {
    requireColumn(columns, from)
    if (renamed.has(from)) throw planError('QRN-PLAN-007', `The column ${from} is renamed twice.`)
    renamed.set(from, to)
  }
  return columns.map((column) => ({ ...column, name: renamed.get(column.name) ?? column.name }))
}

export function inferDrop(rule: DropRule, columns: Columns): Columns {
  for (const name of rule.columns) requireColumn(columns, name)
  const kept = columns.filter((column) => !rule.columns.includes(column.name))
  if (kept.length === 0) throw planError('QRN-PLAN-015', 'The rule drops all columns.')
  return kept
}

export function inferUnnest(rule: UnnestRule, columns: Columns): Columns {
  const array = requireColumn(columns, rule.column)
  if (array.type.kind !== 'json') {
    throw planError('QRN-PLAN-002', `The column ${rule.column} is ${array.type.kind}, not json.`)
  }
  return [
    ...columns,
    { name: rule.as, type: DataTypes.json, nullable: false },
    ...(rule.ordinalAs === undefined
      ? []
      : [{ name: rule.ordinalAs, type: DataTypes.integer, nullable: false }]),
  ]
}
