import type { Dataset, DatasetId } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { suggestName } from '../suggest.ts'
import type { PlanColumn } from './plan-column.ts'

/** What the rules of a query may name. */
export interface CheckScope {
  readonly datasets: ReadonlyMap<DatasetId, Dataset>
  /** Columns of the queries that stand before it. */
  readonly queries: ReadonlyMap<string, readonly PlanColumn[]>
}

/** Throws QRN-PLAN-009 with the nearest id. */
export function requireDataset(datasets: ReadonlyMap<DatasetId, Dataset>, id: DatasetId): Dataset {
  const found = datasets.get(id)
  if (found !== undefined) return found
  throw planError(
    'QRN-PLAN-009',
    `There is no dataset ${id}.`,
    suggestName(id, [...datasets.keys()], 'datasets'),
  )
}

/** Throws QRN-PLAN-008 with the nearest name. */
export function requireQuery(
  queries: ReadonlyMap<string, readonly PlanColumn[]>,
  name: string,
): readonly PlanColumn[] {
  const found = queries.get(name)
  if (found !== undefined) return found
  throw planError(
    'QRN-PLAN-008',
    `There is no query ${name} before this one.`,
    suggestName(name, [...queries.keys()], 'queries'),
  )
}
