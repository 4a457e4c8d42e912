import type {
  AppendWrite,
  DatasetId,
  DeleteWrite,
  Instruction,
  MergeBranch,
  MergeWrite,
  OverwriteWrite,
  Query,
  ReplaceKeysWrite,
  ReplaceWrite,
  Rule,
  Write,
} from '@qarion/core'

import { isSourceRule } from '../check/infer-steps.ts'
import { deepFreeze } from '../freeze.ts'
import { planError } from '../plan-errors.ts'

/** A named query. Throws QRN-PLAN-010 unless it starts with from, values or series, and only there. */
export function defineQuery(
  name: string,
  rules: readonly Rule[],
  options: { readonly evaluate?: 'once' } = {},
): Query {
  for (const [index, rule] of rules.entries()) {
    if (isSourceRule(rule) !== (index === 0)) {
      throw planError(
        'QRN-PLAN-010',
        `query ${name}: rule ${index + 1} (${rule.operation}) is out of place.`,
      )
    }
  }
  if (rules.length === 0) throw planError('QRN-PLAN-010', `query ${name} has no rules.`)
  return deepFreeze({
    name,
    rules: [...rules],
    ...(options.evaluate === undefined ? {} : { evaluate: options.evaluate }),
  })
}

/** Adds the rows. */
export function append(query: string, dataset: DatasetId): AppendWrite {
  return deepFreeze({ kind: 'append', query, dataset })
}

/** Puts the rows in the place of those of the current batch. */
export function replace(query: string, dataset: DatasetId): ReplaceWrite {
  return deepFreeze({ kind: 'replace', query, dataset })
}

/** Deletes the rows whose `scope` columns are in the query, then adds the query's rows. */
export function replaceKeys(
  query: string,
  dataset: DatasetId,
  scope: readonly string[],
): ReplaceKeysWrite {
  return deepFreeze({ kind: 'replace_keys', query, dataset, scope: [...scope] })
}

/** Walks source and target on equal `on` columns; the first fitting branch acts. */
export function merge(
  query: string,
  dataset: DatasetId,
  options: { readonly on: readonly string[]; readonly branches: readonly MergeBranch[] },
): MergeWrite {
  return deepFreeze({
    kind: 'merge',
    query,
    dataset,
    on: [...options.on],
    branches: [...options.branches],
  })
}

/** Deletes the rows whose `on` columns are in the query. */
export function remove(query: string, dataset: DatasetId, on: readonly string[]): DeleteWrite {
  return deepFreeze({ kind: 'delete', query, dataset, on: [...on] })
}

/** Puts the rows in the place of all rows. */
export function overwrite(query: string, dataset: DatasetId): OverwriteWrite {
  return deepFreeze({ kind: 'overwrite', query, dataset })
}

/** Queries and the writes made from them. Throws QRN-PLAN-007, -008; `checkInstruction` checks the rest against datasets. */
export function defineInstruction(
  id: string,
  queries: readonly Query[],
  writes: readonly Write[],
): Instruction {
  const names = new Set<string>()
  for (const query of queries) {
    if (names.has(query.name))
      throw planError('QRN-PLAN-007', `${id} has two queries ${query.name}.`)
    names.add(query.name)
  }
  for (const write of writes) {
    if (!names.has(write.query))
      throw planError('QRN-PLAN-008', `${id} writes the query ${write.query}, which it has not.`)
  }
  return deepFreeze({ id, queries: [...queries], writes: [...writes] })
}
