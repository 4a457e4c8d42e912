import type { Query } from '@qarion/core'

import { literal } from '../builders/expressions.ts'
import { deepFreeze } from '../freeze.ts'
import { transformExpression } from './expressions.ts'
import { referencedParameters } from './references.ts'
import { mapExpressionsOfRule } from './rules.ts'

/**
 * The queries with constants, given in the text form of their types, in the place of parameters: for views, which outlive
 * the run that could bind them. Parameters that are not given stay.
 */
export function bindParameters(
  queries: readonly Query[],
  texts: Readonly<Record<string, string>>,
): readonly Query[] {
  if (![...referencedParameters(queries).keys()].some((name) => Object.hasOwn(texts, name)))
    return queries
  return deepFreeze(
    queries.map((query) => ({
      ...query,
      rules: query.rules.map((rule) =>
        mapExpressionsOfRule(rule, (expression) =>
          transformExpression(expression, (node) => {
            const text = node.kind === 'parameter' ? texts[node.name] : undefined
            return text === undefined ? node : literal(node.type, text)
          }),
        ),
      ),
    })),
  )
}
