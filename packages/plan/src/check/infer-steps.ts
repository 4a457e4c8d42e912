import type { Query, Rule } from '@qarion/core'

import { requireCondition } from '../builders/expressions.ts'
import { planError } from '../plan-errors.ts'
import { checkExpression } from './check-expression.ts'
import type { CheckScope } from './check-scope.ts'
import { inferDerive, inferDrop, inferRename, inferSelect, inferUnnest } from './column-rules.ts'
import { inferJoin, inferUnion } from './combine-rules.ts'
import { checkSortKeys, inferAggregate, inferWindow } from './grouping-rules.ts'
import { requireColumnNames, type PlanColumn } from './plan-column.ts'
import { inferFrom, inferSeries, inferValues } from './source-rules.ts'
import { within } from './within.ts'

type Columns = readonly PlanColumn[]

/**
 * The columns after each rule of a query, in the order of the rules: entry `i` is what rule `i` gives and what rule
 * `i + 1` sees. `scope.queries` holds the columns of the queries before it. Throws QarionError QRN-PLAN-… that names
 * the query and the rule.
 */
export function inferSteps(query: Query, scope: CheckScope): readonly Columns[] {
  const steps: Columns[] = []
  for (const [index, rule] of query.rules.entries()) {
    const columns = within(`query ${query.name}, rule ${index + 1} (${rule.operation})`, () => {
      requirePlace(rule, index, query.rules)
      const result = inferRule(rule, steps.at(-1) ?? [], scope)
      requireColumnNames(result)
      return result
    })
    steps.push(columns)
  }
  if (steps.length === 0) throw planError('QRN-PLAN-010', `query ${query.name} has no rules.`)
  return steps
}

/** Whether a rule opens a query. */
export function isSourceRule(rule: Rule): boolean {
  return rule.operation === 'from' || rule.operation === 'values' || rule.operation === 'series'
}

function requirePlace(rule: Rule, index: number, rules: readonly Rule[]): void {
  if (isSourceRule(rule) !== (index === 0)) {
    throw planError(
      'QRN-PLAN-010',
      index === 0 ? 'A query cannot start with this rule.' : 'This rule can only open a query.',
    )
  }
  if (rule.operation === 'assert' && index < rules.length - 1) {
    throw planError('QRN-PLAN-010', 'There are rules after the assert.')
  }
}

function inferRule(rule: Rule, columns: Columns, scope: CheckScope): Columns {
  switch (rule.operation) {
    case 'from':
      return inferFrom(rule, scope)
    case 'values':
      return inferValues(rule)
    case 'series':
      return inferSeries(rule)
    case 'select':
      return inferSelect(rule.columns, columns)
    case 'derive':
      return inferDerive(rule.columns, columns)
    case 'rename':
      return inferRename(rule, columns)
    case 'drop':
      return inferDrop(rule, columns)
    case 'filter':
      checkExpression(rule.condition, columns)
      requireCondition(rule.condition, 'a filter')
      return columns
    case 'join':
      return inferJoin(rule, columns, scope)
    case 'aggregate':
      return inferAggregate(rule, columns)
    case 'window':
      return inferWindow(rule, columns)
    case 'union':
      return inferUnion(rule, columns, scope)
    case 'unnest':
      return inferUnnest(rule, columns)
    case 'sort':
      checkSortKeys(rule.by, columns)
      if (rule.by.length === 0) throw planError('QRN-PLAN-015', 'The rule sorts by no column.')
      return columns
    case 'limit':
      if (!Number.isSafeInteger(rule.count) || rule.count < 0) {
        throw planError('QRN-PLAN-015', `The limit ${rule.count} is not a whole number from 0.`)
      }
      return columns
    case 'distinct':
    case 'assert':
      return columns
  }
}
