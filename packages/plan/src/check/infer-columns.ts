import type { Dataset, DatasetId, Query } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { inferSteps } from './infer-steps.ts'
import { requireIdentifier, type PlanColumn } from './plan-column.ts'

/**
 * The columns that every query gives, by its name, in the order of the queries. Queries may only use earlier ones,
 * and none that ends in an assert. Throws QarionError QRN-PLAN-… that names the query and the rule.
 */
export function inferColumns(
  queries: readonly Query[],
  datasets: ReadonlyMap<DatasetId, Dataset>,
): ReadonlyMap<string, readonly PlanColumn[]> {
  const results = new Map<string, readonly PlanColumn[]>()
  const usable = new Map<string, readonly PlanColumn[]>()
  for (const query of queries) {
    requireIdentifier(query.name)
    if (results.has(query.name))
      throw planError('QRN-PLAN-007', `There are two queries ${query.name}.`)
    const columns = inferSteps(query, { datasets, queries: usable }).at(-1) ?? []
    results.set(query.name, columns)
    if (query.rules.at(-1)?.operation !== 'assert') usable.set(query.name, columns)
  }
  return results
}
