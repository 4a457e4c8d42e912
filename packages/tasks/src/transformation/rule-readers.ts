import { DataTypes, type AggregateName, type JoinRule } from '@qarion/core'
import {
  aggregate,
  ascending,
  column,
  descending,
  derive,
  distinct,
  drop,
  filter,
  join,
  limit,
  measure,
  named,
  rename,
  select,
  sort,
  union,
} from '@qarion/plan'

import { settingError } from '../task-errors.ts'
import {
  expressionIn,
  tableTextsIn,
  textsIn,
  type RuleReader,
  type RuleScope,
  type RuleTable,
} from './rule-reader.ts'

/** The rules that a transformation may have, and the keys of each. */
export const RULES: Readonly<
  Record<string, { readonly keys: readonly string[]; readonly read: RuleReader }>
> = Object.freeze({
  filter: {
    keys: ['condition'],
    read: (table, scope) => [
      filter(expressionIn(table['condition'], at(scope, 'condition'), DataTypes.boolean)),
    ],
  },
  select: { keys: ['columns'], read: readSelect },
  derive: {
    keys: ['columns'],
    read: (table, scope) => [derive(namedExpressions(table, scope))],
  },
  rename: {
    keys: ['columns'],
    read: (table, { path }) => [
      rename(tableTextsIn(table, 'columns', path).map(([from, to]) => ({ from, to }))),
    ],
  },
  drop: {
    keys: ['columns'],
    read: (table, { path }) => [drop(textsIn(table, 'columns', path))],
  },
  join: { keys: ['dataset', 'type', 'on', 'prefix'], read: readJoin },
  union: {
    keys: ['dataset'],
    read: (table, scope) => [union([otherQuery(table, scope)])],
  },
  aggregate: { keys: ['group_by', 'measures'], read: readAggregate },
  distinct: { keys: [], read: () => [distinct()] },
  top: { keys: ['order_by', 'descending', 'count'], read: readTop },
})

function at(scope: RuleScope, ...keys: readonly (string | number)[]): RuleScope {
  return { ...scope, path: [...scope.path, ...keys] }
}

function namedExpressions(table: RuleTable, scope: RuleScope) {
  return tableTextsIn(table, 'columns', scope.path).map(([name, text]) =>
    named(name, expressionIn(text, at(scope, 'columns', name))),
  )
}

function readSelect(table: RuleTable, scope: RuleScope) {
  if (!Array.isArray(table['columns'])) return [select(namedExpressions(table, scope))]
  return [
    select(
      textsIn(table, 'columns', scope.path).map((name, index) => {
        const found = scope.columns.find((known) => known.name === name)
        // The parser names the nearest column.
        const { type } = found ?? expressionIn(`"${name}"`, at(scope, 'columns', index))
        return named(name, column(name, type))
      }),
    ),
  ]
}

function otherQuery(table: RuleTable, { queryOf, path }: RuleScope): string {
  if (typeof table['dataset'] === 'string') return queryOf(table['dataset'], [...path, 'dataset'])
  throw settingError('QRN-TASK-001', 'the rule names no `dataset`', path)
}

const JOIN_TYPES: readonly JoinRule['type'][] = ['inner', 'left', 'full', 'semi', 'anti']

function readJoin(table: RuleTable, scope: RuleScope) {
  const { path } = scope
  const type = JOIN_TYPES.find((known) => known === (table['type'] ?? 'inner'))
  if (type === undefined) {
    throw settingError(
      'QRN-TASK-002',
      `there is no join ${JSON.stringify(table['type'])}`,
      [...path, 'type'],
      `Admitted: ${JOIN_TYPES.join(', ')}.`,
    )
  }
  const pairs = Array.isArray(table['on'])
    ? textsIn(table, 'on', path).map((name) => [name, name] as const)
    : tableTextsIn(table, 'on', path)
  const on = pairs.map(([left, right]) => ({ left, right, nullSafe: false }))
  const prefix = table['prefix'] ?? ''
  if (typeof prefix !== 'string')
    throw settingError('QRN-TASK-002', '`prefix` is a text', [...path, 'prefix'])
  return [join(otherQuery(table, scope), { type, on, rightPrefix: prefix })]
}

function readAggregate(table: RuleTable, scope: RuleScope) {
  const { path } = scope
  const measures = Array.isArray(table['measures']) ? (table['measures'] as readonly unknown[]) : []
  if (measures.length === 0) throw settingError('QRN-TASK-001', 'the rule has no `measures`', path)
  return [
    aggregate({
      groupBy: table['group_by'] === undefined ? [] : textsIn(table, 'group_by', path),
      measures: measures.map((item, index) => readMeasure(item, at(scope, 'measures', index))),
    }),
  ]
}

function readMeasure(item: unknown, scope: RuleScope) {
  const { name, function: fn, argument } = (item ?? {}) as RuleTable
  if (typeof name !== 'string' || typeof fn !== 'string') {
    throw settingError(
      'QRN-TASK-002',
      'a measure has a name and a function',
      scope.path,
      'Write { name = "total", function = "sum", argument = "amount" }.',
    )
  }
  const args = argument === undefined ? [] : [expressionIn(argument, at(scope, 'argument'))]
  return measure(name, fn as AggregateName, args)
}

function readTop(table: RuleTable, { path }: RuleScope) {
  const { count, descending: isDescending = false } = table
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
    throw settingError('QRN-TASK-002', '`count` is a whole number from 0', [...path, 'count'])
  if (typeof isDescending !== 'boolean')
    throw settingError('QRN-TASK-002', '`descending` is true or false', [...path, 'descending'])
  const columns = textsIn(table, 'order_by', path)
  return [sort(isDescending ? descending(columns) : ascending(columns)), limit(count)]
}
