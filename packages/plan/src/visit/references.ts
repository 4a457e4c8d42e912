import type { DataType, DatasetId, Expression, Instruction, Query } from '@qarion/core'

import { visitExpression } from './expressions.ts'
import { expressionsOfInstruction, expressionsOfRule } from './rules.ts'

/** Ids of the datasets that queries read, each once, in order. */
export function datasetsOfQueries(queries: readonly Query[]): readonly DatasetId[] {
  const ids = queries.flatMap((query) =>
    query.rules.flatMap((rule) =>
      rule.operation === 'from' && rule.source.kind === 'dataset' ? [rule.source.dataset] : [],
    ),
  )
  return [...new Set(ids)]
}

/** Ids of the datasets that an instruction's queries read, each once, in order. */
export function referencedDatasets(
  instruction: Pick<Instruction, 'queries'>,
): readonly DatasetId[] {
  return datasetsOfQueries(instruction.queries)
}

/** Ids of the datasets that an instruction writes, each once, in order. */
export function writtenDatasets(instruction: Pick<Instruction, 'writes'>): readonly DatasetId[] {
  return [...new Set(instruction.writes.map((write) => write.dataset))]
}

/** Names of the queries that a query uses, each once, in order. */
export function referencedQueries(query: Query): readonly string[] {
  const names = query.rules.flatMap((rule) => {
    if (rule.operation === 'from' && rule.source.kind === 'query') return [rule.source.query]
    if (rule.operation === 'join') return [rule.right]
    return rule.operation === 'union' ? rule.queries : []
  })
  return [...new Set(names)]
}

/** Names of the columns in an expression, each once, in order. */
export function referencedColumns(expression: Expression): readonly string[] {
  const names = new Set<string>()
  visitExpression(expression, (node) => {
    if (node.kind === 'column') names.add(node.name)
  })
  return [...names]
}

/** The parameters that expressions need, with their types. */
export function referencedParameters(
  target: Expression | Instruction | readonly Query[],
): ReadonlyMap<string, DataType> {
  const parameters = new Map<string, DataType>()
  for (const expression of expressionsOf(target)) {
    visitExpression(expression, (node) => {
      if (node.kind === 'parameter') parameters.set(node.name, node.type)
    })
  }
  return parameters
}

function expressionsOf(target: Expression | Instruction | readonly Query[]): readonly Expression[] {
  if ('kind' in target) return [target]
  if ('queries' in target) return expressionsOfInstruction(target)
  return target.flatMap((query) => query.rules.flatMap(expressionsOfRule))
}
