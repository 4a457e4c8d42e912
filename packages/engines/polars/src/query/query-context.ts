import type { Catalog, DatasetId, Dataset, Query } from '@qarion/core'
import { referencedQueries } from '@qarion/plan'

import { polarsError } from '../polars-errors.ts'
import type { StoredTables } from '../store/table-store.ts'
import type { ExpressionContext, Relation } from './relation.ts'

/** What queries are run against: the state before an instruction, and what was already calculated of it. */
export interface QueryContext extends ExpressionContext {
  readonly catalog: Catalog
  readonly tables: StoredTables
  readonly signal: AbortSignal | undefined
}

/** The queries of one instruction or view; each is calculated once. */
export interface QueryScope {
  readonly context: QueryContext
  readonly queries: ReadonlyMap<string, Query>
  readonly results: Map<string, Promise<Relation>>
  /** How often each is read. */
  readonly uses: ReadonlyMap<string, number>
}

/** A scope of these queries, of which those in `roots` are asked for from outside. */
export function createScope(
  queries: readonly Query[],
  context: QueryContext,
  roots: readonly string[] = [],
): QueryScope {
  const uses = new Map<string, number>()
  for (const name of [...roots, ...queries.flatMap(referencedQueries)])
    uses.set(name, (uses.get(name) ?? 0) + 1)
  return {
    context,
    queries: new Map(queries.map((query) => [query.name, query])),
    results: new Map(),
    uses,
  }
}

/** The dataset of an id; throws where the catalog has none. */
export function datasetOf(id: DatasetId, catalog: Catalog): Dataset {
  const dataset = catalog.datasets.get(id)
  if (dataset !== undefined) return dataset
  throw polarsError(
    'QRN-POLARS-001',
    `The plan names the dataset ${id}, which is not in the catalog.`,
  )
}
