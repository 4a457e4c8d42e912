import type {
  AggregateMeasure,
  Dataset,
  DatasetId,
  JoinRule,
  NamedExpression,
  Query,
  Rule,
  ValuesRule,
  WindowColumn,
  WindowRule,
} from '@qarion/core'

import { requireDataset } from '../check/check-scope.ts'
import { referencedColumns } from '../visit/references.ts'
import { bitOf, type Dependence } from './dependence.ts'
import {
  decidedBy,
  EMPTY_RELATION,
  relationOfDataset,
  rowsBy,
  sourcesOf,
  type Relation,
} from './relation.ts'
import { composeSources, preferColumns, uniteSources, type SourceSet } from './sources.ts'
import { traceExpression } from './trace-expression.ts'

interface TraceScope {
  readonly datasets: ReadonlyMap<DatasetId, Dataset>
  readonly queries: ReadonlyMap<string, Relation>
}

/** Where the columns of every query come from. The queries must have passed `inferColumns`. */
export function traceQueries(
  queries: readonly Query[],
  datasets: ReadonlyMap<DatasetId, Dataset>,
): ReadonlyMap<string, Relation> {
  const traced = new Map<string, Relation>()
  for (const query of queries) {
    const scope = { datasets, queries: traced }
    traced.set(
      query.name,
      query.rules.reduce((relation, rule) => traceRule(rule, relation, scope), EMPTY_RELATION),
    )
  }
  return traced
}

function traceRule(rule: Rule, relation: Relation, scope: TraceScope): Relation {
  switch (rule.operation) {
    case 'from':
      return rule.source.kind === 'query'
        ? relationOf(scope, rule.source.query)
        : relationOfDataset(requireDataset(scope.datasets, rule.source.dataset))
    case 'values':
      return { ...EMPTY_RELATION, columns: tracedCells(rule) }
    case 'series': {
      const bounds = [rule.start, rule.stop].map((bound) => traceExpression(bound, relation))
      const sources = composeSources(TRANSFORMATION, preferColumns(uniteSources(bounds)))
      return { ...EMPTY_RELATION, columns: new Map([[rule.column, sources]]) }
    }
    case 'select':
      return { ...relation, columns: new Map(tracedNames(rule.columns, relation)) }
    case 'derive':
      return withColumns(relation, tracedNames(rule.columns, relation))
    case 'rename': {
      const names = new Map(rule.columns.map(({ from, to }) => [from, to]))
      const renamed = Array.from(
        relation.columns,
        ([name, sources]) => [names.get(name) ?? name, sources] as const,
      )
      return { ...relation, columns: new Map(renamed) }
    }
    case 'drop':
      return {
        ...relation,
        columns: new Map([...relation.columns].filter(([name]) => !rule.columns.includes(name))),
      }
    case 'filter':
      return rowsBy(relation, referencedColumns(rule.condition), 'filter')
    case 'join':
      return traceJoin(rule, relation, relationOf(scope, rule.right))
    case 'aggregate': {
      const groups = rule.groupBy.map((name) => [name, sourcesOf(relation, name)] as const)
      const measures = rule.measures.map(
        (measure) => [measure.name, tracedMeasure(measure, relation)] as const,
      )
      return {
        ...rowsBy(relation, rule.groupBy, 'group_by'),
        columns: new Map([...groups, ...measures]),
      }
    }
    case 'window': {
      const frame = [...rule.partitionBy, ...rule.orderBy.map(({ column }) => column)]
      const framing = decidedBy(relation, frame, 'window')
      return withColumns(
        relation,
        rule.columns.map((column) => [
          column.name,
          uniteSources([tracedWindow(column, relation), framing]),
        ]),
      )
    }
    case 'union':
      return rule.queries.reduce((sofar, name) => unite(sofar, relationOf(scope, name)), relation)
    case 'distinct':
      return rowsBy(relation, relation.columns.keys(), 'group_by')
    case 'sort':
      return rowsBy(
        relation,
        rule.by.map(({ column }) => column),
        'sort',
      )
    case 'unnest': {
      const element = composeSources(TRANSFORMATION, sourcesOf(relation, rule.column))
      const added: [string, SourceSet][] = [[rule.as, element]]
      if (rule.ordinalAs !== undefined) added.push([rule.ordinalAs, element])
      return rowsBy(withColumns(relation, added), [rule.column], 'filter')
    }
    case 'limit':
    case 'assert':
      return relation
  }
}

const TRANSFORMATION = bitOf('transformation')
const AGGREGATION = bitOf('aggregation')

/** The first argument is what is aggregated; the second of `arg_min` and `arg_max` decides which row it is of. */
function tracedMeasure(measure: AggregateMeasure, relation: Relation): SourceSet {
  const [value, by] = measure.arguments
  const ordering = [
    ...(by === undefined ? [] : referencedColumns(by)),
    ...(measure.orderBy ?? []).map(({ column }) => column),
  ]
  const aggregated = value === undefined ? relation.counted : traceExpression(value, relation)
  return uniteSources([
    composeSources(AGGREGATION, aggregated),
    decidedBy(relation, ordering, 'sort'),
  ])
}

/** How a window function depends on its argument; on the frame it depends anyway. */
const WINDOW_DEPENDENCES: Readonly<Record<WindowColumn['function'], Dependence>> = {
  row_number: 'aggregation',
  lag: 'transformation',
  lead: 'transformation',
  first: 'transformation',
  last: 'transformation',
  running_sum: 'aggregation',
  running_count: 'aggregation',
  running_min: 'aggregation',
  running_max: 'aggregation',
}

function tracedWindow(column: WindowRule['columns'][number], relation: Relation): SourceSet {
  const [value] = column.arguments
  const sources = value === undefined ? relation.counted : traceExpression(value, relation)
  return composeSources(bitOf(WINDOW_DEPENDENCES[column.function]), sources)
}

/** Cells are constants and parameters; a column has each of these once. */
function tracedCells(rule: ValuesRule): ReadonlyMap<string, SourceSet> {
  return new Map(
    rule.columns.map(({ name }, index) => {
      const cells = rule.rows.flatMap((row) => row[index] ?? [])
      const constant = cells.find(({ kind }) => kind === 'literal')
      const others = cells.filter(({ kind }) => kind !== 'literal')
      const shown = constant === undefined ? others : [constant, ...others]
      return [name, uniteSources(shown.map((cell) => traceExpression(cell, EMPTY_RELATION)))]
    }),
  )
}

function traceJoin(rule: JoinRule, left: Relation, right: Relation): Relation {
  const keys = [
    decidedBy(
      left,
      rule.on.map((key) => key.left),
      'join',
    ),
    decidedBy(
      right,
      rule.on.map((key) => key.right),
      'join',
    ),
  ]
  const rows = uniteSources([left.rows, right.rows, ...keys])
  if (rule.type === 'semi' || rule.type === 'anti') return { ...left, rows }
  const added = Array.from(
    right.columns,
    ([name, sources]) => [rule.rightPrefix + name, sources] as const,
  )
  return {
    columns: new Map([...left.columns, ...added]),
    rows,
    counted: uniteSources([left.counted, right.counted]),
  }
}

function unite(left: Relation, right: Relation): Relation {
  const columns = Array.from(
    left.columns,
    ([name, sources]) => [name, uniteSources([sources, sourcesOf(right, name)])] as const,
  )
  return {
    columns: new Map(columns),
    rows: uniteSources([left.rows, right.rows]),
    counted: uniteSources([left.counted, right.counted]),
  }
}

function withColumns(
  relation: Relation,
  added: readonly (readonly [string, SourceSet])[],
): Relation {
  return { ...relation, columns: new Map([...relation.columns, ...added]) }
}

function tracedNames(
  named: readonly NamedExpression[],
  relation: Relation,
): readonly (readonly [string, SourceSet])[] {
  return named.map(({ name, expression }) => [name, traceExpression(expression, relation)] as const)
}

function relationOf(scope: TraceScope, query: string): Relation {
  return scope.queries.get(query) ?? EMPTY_RELATION
}
