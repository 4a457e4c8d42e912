import type { AggregateMeasure, NamedExpression, Rule, SortKey, WindowColumn } from '@qarion/core'

import { printExpression } from '../parse/print-expression.ts'

const MAX_NAMES = 8

/** A rule as one line for people. */
export function explainRule(rule: Rule): string {
  switch (rule.operation) {
    case 'from':
      return rule.source.kind === 'query'
        ? `from query ${rule.source.query}`
        : `from ${rule.source.dataset}${rule.source.version === undefined ? '' : ` (${rule.source.version} batch)`}`
    case 'values':
      return `values ${names(rule.columns.map(({ name }) => name))}: ${count(rule.rows.length, 'row')}`
    case 'series':
      return `series ${rule.column} from ${printExpression(rule.start)} to ${printExpression(rule.stop)} by ${printExpression(rule.step)}`
    case 'select':
      return `select ${names(rule.columns.map(explainNamed))}`
    case 'derive':
      return `derive ${names(rule.columns.map(explainNamed))}`
    case 'rename':
      return `rename ${names(rule.columns.map(({ from, to }) => `${from} as ${to}`))}`
    case 'drop':
      return `drop ${names(rule.columns)}`
    case 'filter':
      return `filter ${printExpression(rule.condition)}`
    case 'join':
      return `${rule.type} join ${rule.right}${rule.on.length === 0 ? '' : ` on ${names(rule.on.map(explainKey))}`}`
    case 'aggregate':
      return `aggregate ${names(rule.measures.map(explainMeasure))}${by(rule.groupBy, ' by ')}`
    case 'window':
      return `window ${names(rule.columns.map(explainMeasure))}${by(rule.partitionBy, ' per ')} in order of ${explainSort(rule.orderBy)}`
    case 'union':
      return `union with ${rule.queries.join(', ')}`
    case 'distinct':
      return 'distinct'
    case 'sort':
      return `sort by ${explainSort(rule.by)}`
    case 'limit':
      return `limit ${rule.count}`
    case 'unnest':
      return `unnest ${rule.column} as ${rule.as}`
    case 'assert':
      return `guard ${rule.guard}: ${rule.message} [${rule.code}]`
  }
}

function explainNamed({ name, expression }: NamedExpression): string {
  return expression.kind === 'column' && expression.name === name
    ? name
    : `${name} = ${printExpression(expression)}`
}

function explainKey(key: { readonly left: string; readonly right: string }): string {
  return key.left === key.right ? key.left : `${key.left} = ${key.right}`
}

function explainMeasure(measure: AggregateMeasure | WindowColumn): string {
  return `${measure.name} = ${measure.function}(${measure.arguments.map(printExpression).join(', ')})`
}

function explainSort(keys: readonly SortKey[]): string {
  return names(
    keys.map(
      (key) =>
        `${key.column}${key.direction === 'descending' ? ' descending' : ''}${key.nulls === 'last' ? ' nulls last' : ''}`,
    ),
  )
}

function by(columns: readonly string[], word: string): string {
  return columns.length === 0 ? '' : `${word}${names(columns)}`
}

function names(all: readonly string[]): string {
  const rest = all.length - MAX_NAMES
  return rest > 1 ? `${all.slice(0, MAX_NAMES).join(', ')} and ${rest} more` : all.join(', ')
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
