import type { CallExpression, Expression, FunctionName } from '@qarion/core'

import { childrenOf } from '../visit/expressions.ts'
import { bitOf } from './dependence.ts'
import { sourcesOf, type Relation } from './relation.ts'
import {
  composeSources,
  CONSTANT,
  oneSource,
  preferColumns,
  uniteSources,
  withoutConstants,
  type SourceSet,
} from './sources.ts'

const TRANSFORMATION = bitOf('transformation')
const CONDITIONAL = bitOf('conditional')

/** A bare column passes its sources on, a choice those of what may be chosen; anything else computes. */
export function traceExpression(expression: Expression, relation: Relation): SourceSet {
  switch (expression.kind) {
    case 'column':
      return sourcesOf(relation, expression.name)
    case 'literal':
      return CONSTANT
    case 'parameter':
      return oneSource({ kind: 'run', name: expression.name })
    case 'case': {
      const { branches, otherwise } = expression
      return choice(
        [...branches.map(({ then }) => then), ...(otherwise === undefined ? [] : [otherwise])],
        branches.map(({ when }) => when),
        relation,
      )
    }
    case 'call':
      return CHOICES[expression.function]?.(expression, relation) ?? computed(expression, relation)
    case 'cast':
    case 'in':
      return computed(expression, relation)
  }
}

function computed(expression: Expression, relation: Relation): SourceSet {
  const parts = childrenOf(expression).map((child) => traceExpression(child, relation))
  // A call without arguments computes from nothing.
  const sources = parts.length === 0 ? CONSTANT : preferColumns(uniteSources(parts))
  return sources === CONSTANT ? sources : composeSources(TRANSFORMATION, sources)
}

/** One of `values`, decided by `conditions`. */
function choice(
  values: readonly Expression[],
  conditions: readonly Expression[],
  relation: Relation,
): SourceSet {
  return uniteSources([
    ...values.map((value) => traceExpression(value, relation)),
    ...conditions.map((condition) =>
      composeSources(CONDITIONAL, withoutConstants(traceExpression(condition, relation))),
    ),
  ])
}

/** Functions that give one of their arguments as it is. */
const CHOICES: Readonly<
  Partial<Record<FunctionName, (call: CallExpression, relation: Relation) => SourceSet>>
> = {
  coalesce: ({ arguments: values }, relation) => choice(values, values.slice(0, -1), relation),
  null_if: ({ arguments: values }, relation) => choice(values.slice(0, 1), values, relation),
}
