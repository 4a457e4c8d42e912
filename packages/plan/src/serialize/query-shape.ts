import { AGGREGATE_NAMES, WINDOW_NAMES } from '@qarion/core'
import type {
  AggregateMeasure,
  AggregateRule,
  AssertRule,
  DeriveRule,
  DistinctRule,
  DropRule,
  FilterRule,
  FromRule,
  JoinKey,
  JoinRule,
  LimitRule,
  NamedExpression,
  Query,
  RenameRule,
  Rule,
  RuleOperation,
  SelectRule,
  SeriesRule,
  SortKey,
  SortRule,
  UnionRule,
  UnnestRule,
  ValuesRule,
  WindowColumn,
  WindowRule,
} from '@qarion/core'

import { expressionShape, literalShape, typeShape } from './expression-shape.ts'
import {
  arrayShape,
  countShape,
  flagShape,
  objectShape,
  oneOf,
  optional,
  textShape,
  variantShape,
  type Shape,
} from './shape.ts'

const namesShape = arrayShape(textShape)

export const namedShape: Shape<NamedExpression> = objectShape<NamedExpression>({
  name: textShape,
  expression: expressionShape,
})

type DatasetSource = Extract<FromRule['source'], { kind: 'dataset' }>
type QuerySource = Extract<FromRule['source'], { kind: 'query' }>

const sourceShape = variantShape<FromRule['source']>('kind', {
  dataset: objectShape<DatasetSource>({
    kind: oneOf('dataset'),
    dataset: textShape,
    version: optional(oneOf('current', 'predecessor')),
  }),
  query: objectShape<QuerySource>({ kind: oneOf('query'), query: textShape }),
})

const sortKeyShape = objectShape<SortKey>({
  column: textShape,
  direction: oneOf('ascending', 'descending'),
  nulls: oneOf('first', 'last'),
})

const measureShape = objectShape<AggregateMeasure>({
  name: textShape,
  function: oneOf(...AGGREGATE_NAMES),
  arguments: arrayShape(expressionShape),
  orderBy: optional(arrayShape(sortKeyShape)),
  type: typeShape,
})

const windowColumnShape = objectShape<WindowColumn>({
  name: textShape,
  function: oneOf(...WINDOW_NAMES),
  arguments: arrayShape(expressionShape),
  type: typeShape,
})

/** Operations and shapes side by side: an operation without its shape does not compile. */
const RULES: Readonly<Record<RuleOperation, Shape<Rule>>> = {
  from: objectShape<FromRule>({ operation: oneOf('from'), source: sourceShape }),
  values: objectShape<ValuesRule>({
    operation: oneOf('values'),
    columns: arrayShape(
      objectShape<ValuesRule['columns'][number]>({ name: textShape, type: typeShape }),
    ),
    rows: arrayShape(arrayShape(expressionShape)),
  }),
  series: objectShape<SeriesRule>({
    operation: oneOf('series'),
    column: textShape,
    start: expressionShape,
    stop: expressionShape,
    step: literalShape,
  }),
  select: objectShape<SelectRule>({ operation: oneOf('select'), columns: arrayShape(namedShape) }),
  derive: objectShape<DeriveRule>({ operation: oneOf('derive'), columns: arrayShape(namedShape) }),
  rename: objectShape<RenameRule>({
    operation: oneOf('rename'),
    columns: arrayShape(
      objectShape<RenameRule['columns'][number]>({ from: textShape, to: textShape }),
    ),
  }),
  drop: objectShape<DropRule>({ operation: oneOf('drop'), columns: namesShape }),
  filter: objectShape<FilterRule>({ operation: oneOf('filter'), condition: expressionShape }),
  join: objectShape<JoinRule>({
    operation: oneOf('join'),
    right: textShape,
    type: oneOf('inner', 'left', 'full', 'semi', 'anti'),
    on: arrayShape(
      objectShape<JoinKey>({ left: textShape, right: textShape, nullSafe: flagShape }),
    ),
    rightPrefix: textShape,
  }),
  aggregate: objectShape<AggregateRule>({
    operation: oneOf('aggregate'),
    groupBy: namesShape,
    measures: arrayShape(measureShape),
  }),
  window: objectShape<WindowRule>({
    operation: oneOf('window'),
    partitionBy: namesShape,
    orderBy: arrayShape(sortKeyShape),
    columns: arrayShape(windowColumnShape),
  }),
  union: objectShape<UnionRule>({ operation: oneOf('union'), queries: namesShape }),
  distinct: objectShape<DistinctRule>({ operation: oneOf('distinct') }),
  sort: objectShape<SortRule>({ operation: oneOf('sort'), by: arrayShape(sortKeyShape) }),
  limit: objectShape<LimitRule>({ operation: oneOf('limit'), count: countShape }),
  unnest: objectShape<UnnestRule>({
    operation: oneOf('unnest'),
    column: textShape,
    as: textShape,
    ordinalAs: optional(textShape),
  }),
  assert: objectShape<AssertRule>({
    operation: oneOf('assert'),
    guard: textShape,
    code: textShape,
    message: textShape,
    hint: textShape,
    canBeAccepted: flagShape,
  }),
}

export const queryShape: Shape<Query> = objectShape<Query>({
  name: textShape,
  rules: arrayShape(variantShape('operation', RULES)),
  evaluate: optional(oneOf('once')),
})
