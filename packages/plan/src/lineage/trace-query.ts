import type { Dataset, DatasetId, JoinRule, Query, Rule } from '@qarion/core'

import { requireDataset } from '../check/check-scope.ts'
import { referencedColumns } from '../visit/references.ts'
import { NO_SOURCES, oneSource, uniteSources, weakenTo, type SourceSet } from './column-sources.ts'
import { filteredBy, sourcesOf, sourcesOfExpression, type Relation } from './relation.ts'

const NOTHING: Relation = { columns: new Map(), rows: NO_SOURCES }

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
      query.rules.reduce((relation, rule) => traceRule(rule, relation, scope), NOTHING),
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
      return {
        columns: new Map(rule.columns.map(({ name }) => [name, NO_SOURCES])),
        rows: NO_SOURCES,
      }
    case 'series':
      return { columns: new Map([[rule.column, NO_SOURCES]]), rows: NO_SOURCES }
    case 'select':
      return { ...relation, columns: new Map(tracedNames(rule.columns, relation)) }
    case 'derive':
      return {
        ...relation,
        columns: new Map([...relation.columns, ...tracedNames(rule.columns, relation)]),
      }
    case 'rename': {
      const names = new Map(rule.columns.map(({ from, to }) => [from, to]))
      return {
        ...relation,
        columns: new Map(
          [...relation.columns].map(([name, sources]) => [names.get(name) ?? name, sources]),
        ),
      }
    }
    case 'drop':
      return {
        ...relation,
        columns: new Map([...relation.columns].filter(([name]) => !rule.columns.includes(name))),
      }
    case 'filter':
      return filteredBy(relation, referencedColumns(rule.condition))
    case 'join':
      return traceJoin(rule, relation, relationOf(scope, rule.right))
    case 'aggregate': {
      const grouped = filteredBy(relation, rule.groupBy)
      const groups = rule.groupBy.map((name) => [name, sourcesOf(relation, name)] as const)
      const measures = rule.measures.map((measure) => {
        const ordering = (measure.orderBy ?? []).map(({ column }) =>
          weakenTo('filter', sourcesOf(relation, column)),
        )
        const parts = measure.arguments.map((argument) =>
          weakenTo('derived', sourcesOfExpression(argument, relation)),
        )
        return [measure.name, uniteSources([...parts, ...ordering])] as const
      })
      return { ...grouped, columns: new Map([...groups, ...measures]) }
    }
    case 'window': {
      const frame = [...rule.partitionBy, ...rule.orderBy.map(({ column }) => column)]
      const framing = frame.map((name) => weakenTo('filter', sourcesOf(relation, name)))
      const added = rule.columns.map((column) => {
        const parts = column.arguments.map((argument) =>
          weakenTo('derived', sourcesOfExpression(argument, relation)),
        )
        return [column.name, uniteSources([...parts, ...framing])] as const
      })
      return { ...relation, columns: new Map([...relation.columns, ...added]) }
    }
    case 'union':
      return rule.queries.reduce((sofar, name) => unite(sofar, relationOf(scope, name)), relation)
    case 'distinct':
      return filteredBy(relation, relation.columns.keys())
    case 'sort':
      return filteredBy(
        relation,
        rule.by.map(({ column }) => column),
      )
    case 'unnest': {
      const element = weakenTo('derived', sourcesOf(relation, rule.column))
      const added: [string, SourceSet][] = [[rule.as, element]]
      if (rule.ordinalAs !== undefined) added.push([rule.ordinalAs, element])
      return filteredBy({ ...relation, columns: new Map([...relation.columns, ...added]) }, [
        rule.column,
      ])
    }
    case 'limit':
    case 'assert':
      return relation
  }
}

function traceJoin(rule: JoinRule, left: Relation, right: Relation): Relation {
  const leftKeys = filteredBy(
    left,
    rule.on.map((key) => key.left),
  ).rows
  const rightKeys = filteredBy(
    right,
    rule.on.map((key) => key.right),
  ).rows
  const rows = uniteSources([leftKeys, rightKeys])
  if (rule.type === 'semi' || rule.type === 'anti') return { columns: left.columns, rows }
  const added = [...right.columns].map(
    ([name, sources]) => [rule.rightPrefix + name, sources] as const,
  )
  return { columns: new Map([...left.columns, ...added]), rows }
}

function unite(left: Relation, right: Relation): Relation {
  const columns = [...left.columns].map(
    ([name, sources]) => [name, uniteSources([sources, sourcesOf(right, name)])] as const,
  )
  return { columns: new Map(columns), rows: uniteSources([left.rows, right.rows]) }
}

function tracedNames(
  named: readonly {
    readonly name: string
    readonly expression: Parameters<typeof sourcesOfExpression>[0]
  }[],
  relation: Relation,
): readonly (readonly [string, SourceSet])[] {
  return named.map(
    ({ name, expression }) => [name, sourcesOfExpression(expression, relation)] as const,
  )
}

function relationOf(scope: TraceScope, query: string): Relation {
  return scope.queries.get(query) ?? NOTHING
}

export function relationOfDataset(dataset: Dataset): Relation {
  const columns = dataset.columns.map(
    ({ name }) => [name, oneSource(dataset.id, name, 'direct')] as const,
  )
  return { columns: new Map(columns), rows: NO_SOURCES }
}
