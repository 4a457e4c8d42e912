import {
  comparisonType,
  isSameType,
  type NamedExpression,
  type Query,
  type Rule,
  type UnionRule,
} from '@qarion/core'

import { castOperand } from '../expression/cast.ts'
import type { Compilation } from '../expression/compilation.ts'
import { compileExpression } from '../expression/compile-expression.ts'
import { collect, concatFrames, filterRows, selectColumns, sortRows } from '../frame/frames.ts'
import { columnNode, type NamedNode } from '../frame/node.ts'
import { polarsError, throwIfAborted } from '../polars-errors.ts'
import { aggregate, sortKeysOf } from './aggregate.ts'
import { series, values } from './constants.ts'
import { join } from './join.ts'
import { createScope, datasetOf, type QueryScope } from './query-context.ts'
import {
  columnOf,
  emptyAs,
  evaluate,
  namedOperand,
  onlyColumns,
  operandOf,
  project,
  type NamedOperand,
  type Relation,
} from './relation.ts'
import { readStored } from './source.ts'
import { unnest } from './unnest.ts'
import { window } from './window.ts'

/** The rows of a query. What is read more than once is calculated once. */
export function runQuery(name: string, scope: QueryScope): Promise<Relation> {
  const known = scope.results.get(name)
  if (known !== undefined) return known
  const query = scope.queries.get(name)
  if (query === undefined) {
    throw polarsError('QRN-POLARS-001', `The plan names the query ${name}, which it does not have.`)
  }
  const result = runRules(query, scope)
  scope.results.set(name, result)
  return result
}

async function runRules(query: Query, scope: QueryScope): Promise<Relation> {
  let relation: Relation | undefined
  for (const rule of query.rules) {
    throwIfAborted(scope.context.signal)
    relation = await applyRule(relation, rule, scope)
  }
  if (relation === undefined)
    throw polarsError('QRN-POLARS-001', `The query ${query.name} has no rules.`)
  const isShared = query.evaluate === 'once' || (scope.uses.get(query.name) ?? 0) > 1
  if (!isShared) return relation
  const rows = await collect(relation.frame)
  return { ...relation, frame: rows.lazy(), isEmpty: rows.height === 0 }
}

/** Rules that open a query need no relation before them. */
async function applyRule(
  before: Relation | undefined,
  rule: Rule,
  scope: QueryScope,
): Promise<Relation> {
  const { context } = scope
  switch (rule.operation) {
    case 'from': {
      if (rule.source.kind === 'query') return runQuery(rule.source.query, scope)
      const dataset = datasetOf(rule.source.dataset, context.catalog)
      if (dataset.storage.kind !== 'view') return readStored(dataset, rule.source.version, context)
      return runLast(dataset.storage.queries, scope)
    }
    case 'values':
      return values(rule, context)
    case 'series':
      return series(rule, context)
    default:
      return refine(before as Relation, rule, scope)
  }
}

/** The last of the queries of a view, which has names of its own. */
function runLast(queries: readonly Query[], { context }: QueryScope): Promise<Relation> {
  return runQuery(queries.at(-1)?.name ?? '', createScope(queries, context))
}

async function refine(
  relation: Relation,
  rule: Exclude<Rule, { readonly operation: 'from' | 'values' | 'series' }>,
  scope: QueryScope,
): Promise<Relation> {
  const { context } = scope
  const { polars } = context
  switch (rule.operation) {
    case 'select':
      return project(relation, context, (compilation) =>
        rule.columns.map(({ name, expression }) => namedOperand(name, expression, compilation)),
      )
    case 'derive':
      return project(relation, context, (compilation) =>
        derived(relation, rule.columns, compilation),
      )
    case 'rename': {
      const names = new Map(rule.columns.map(({ from, to }) => [columnOf(relation, from).name, to]))
      return renamed(relation, (name) => names.get(name) ?? name, scope)
    }
    case 'drop': {
      for (const name of rule.columns) columnOf(relation, name)
      const kept = relation.columns.filter(({ name }) => !rule.columns.includes(name))
      return { ...onlyColumns(relation.frame, kept, polars), ...emptyAs(relation) }
    }
    case 'filter': {
      const { frame, result } = await evaluate(relation, context, (compilation) =>
        compileExpression(rule.condition, compilation),
      )
      return {
        ...onlyColumns(filterRows(polars, frame, result.node), relation.columns, polars),
        ...emptyAs(relation),
      }
    }
    case 'join':
      return join(relation, await runQuery(rule.right, scope), rule, context)
    case 'aggregate':
      return aggregate(relation, rule, context)
    case 'window':
      return window(relation, rule, context)
    case 'union':
      return union(relation, rule, scope)
    case 'distinct':
      return { ...relation, frame: relation.frame.unique(null, 'any', false) }
    case 'sort':
      return { ...relation, frame: sortRows(polars, relation.frame, sortKeysOf(rule.by)) }
    case 'limit':
      return { ...relation, frame: relation.frame.slice(0, rule.count) }
    case 'unnest':
      return unnest(relation, rule, context)
    case 'assert':
      return relation
  }
}

function derived(
  relation: Relation,
  columns: readonly NamedExpression[],
  compilation: Compilation,
): readonly NamedOperand[] {
  const made = new Map(
    columns.map(({ name, expression }) => [name, namedOperand(name, expression, compilation)]),
  )
  const kept = relation.columns.map(({ name }) => {
    const other = made.get(name)
    made.delete(name)
    return other ?? { name, operand: operandOf(relation, name) }
  })
  return [...kept, ...made.values()]
}

function renamed(
  relation: Relation,
  rename: (name: string) => string,
  { context }: QueryScope,
): Relation {
  const { frame, columns } = relation
  const nodes = columns.map(({ name }): NamedNode => ({
    name: rename(name),
    node: columnNode(name),
  }))
  return {
    frame: selectColumns(context.polars, frame, nodes),
    columns: columns.map(({ name, type }) => ({ name: rename(name), type })),
    ...emptyAs(relation),
  }
}

/** All rows of several relations, columns matched by name in the order of the first. */
async function union(relation: Relation, rule: UnionRule, scope: QueryScope): Promise<Relation> {
  const { context } = scope
  const others = await Promise.all(rule.queries.map((name) => runQuery(name, scope)))
  const all = [relation, ...others]
  const columns = relation.columns.map(({ name }) => ({
    name,
    type: comparisonType(all.map((one) => columnOf(one, name).type)),
  }))
  const frames = await Promise.all(
    all.map(async (one) => {
      const isSame = columns.every(({ name, type }) => isSameType(columnOf(one, name).type, type))
      if (isSame) return onlyColumns(one.frame, columns, context.polars).frame
      const cast = await project(one, context, (compilation) =>
        columns.map(({ name, type }) => ({
          name,
          operand: { node: castOperand(operandOf(one, name), type, compilation), type },
        })),
      )
      return cast.frame
    }),
  )
  return { frame: concatFrames(context.polars, frames), columns }
}
