import type { JoinRule, UnionRule } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { requireQuery, type CheckScope } from './check-scope.ts'
import { requireColumn, requireSameType, type PlanColumn } from './plan-column.ts'

type Columns = readonly PlanColumn[]

export function inferJoin(rule: JoinRule, columns: Columns, scope: CheckScope): Columns {
  const right = requireQuery(scope.queries, rule.right)
  for (const key of rule.on) {
    requireSameType(
      requireColumn(columns, key.left).type,
      requireColumn(right, key.right).type,
      `The keys ${key.left} and ${key.right}`,
    )
  }
  if (rule.type === 'semi' || rule.type === 'anti') return columns
  const left = rule.type === 'full' ? columns.map(asNullable) : columns
  const added = right.map((column) => ({ ...column, name: rule.rightPrefix + column.name }))
  return [...left, ...(rule.type === 'inner' ? added : added.map(asNullable))]
}

export function inferUnion(rule: UnionRule, columns: Columns, scope: CheckScope): Columns {
  if (rule.queries.length === 0) throw planError('QRN-PLAN-015', 'The union names no query.')
  return rule.queries.reduce<Columns>(
    (sofar, name) => unite(sofar, requireQuery(scope.queries, name), name),
    columns,
  )
}

function unite(columns: Columns, others: Columns, query: string): Columns {
  const extra = others.find((other) => !columns.some((column) => column.name === other.name))
  const missing = columns.find((column) => !others.some((other) => other.name === column.name))
  if (extra !== undefined || missing !== undefined) {
    throw planError(
      'QRN-PLAN-011',
      extra === undefined
        ? `The query ${query} lacks the column ${missing?.name}.`
        : `The query ${query} has the column ${extra.name}, which the rows so far have not.`,
    )
  }
  return columns.map((column) => {
    const other = requireColumn(others, column.name)
    requireSameType(column.type, other.type, `The column ${column.name} of ${query}`)
    return { ...column, nullable: column.nullable || other.nullable }
  })
}

function asNullable(column: PlanColumn): PlanColumn {
  return { ...column, nullable: true }
}
