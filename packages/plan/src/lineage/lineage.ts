import { MERGE_SOURCE_PREFIX } from '@qarion/core'
import type {
  Dataset,
  DatasetId,
  Instruction,
  MergeBranch,
  MergeWrite,
  Query,
  Write,
} from '@qarion/core'

import { requireDataset } from '../check/check-scope.ts'
import { inferColumns } from '../check/infer-columns.ts'
import { referencedColumns } from '../visit/references.ts'
import {
  NO_SOURCES,
  sortedSources,
  uniteSources,
  weakenTo,
  type ColumnSource,
  type SourceSet,
} from './column-sources.ts'
import { filteredBy, sourcesOfExpression, type Relation } from './relation.ts'
import { relationOfDataset, traceQueries } from './trace-query.ts'

/** Where the values of one written column come from. */
export interface ColumnLineage {
  readonly dataset: DatasetId
  readonly column: string
  readonly sources: readonly ColumnSource[]
}

/**
 * For every dataset column that the instruction writes, the dataset columns it comes from, each once with its strongest
 * kind. A view counts as a source of its own. Throws what `inferColumns` throws.
 */
export function lineageOf(
  instruction: Instruction,
  datasets: ReadonlyMap<DatasetId, Dataset>,
): readonly ColumnLineage[] {
  inferColumns(instruction.queries, datasets)
  const relations = traceQueries(instruction.queries, datasets)
  const written = new Map<string, Map<string, SourceSet>>()
  for (const write of instruction.writes) {
    const relation = relations.get(write.query) ?? { columns: new Map(), rows: NO_SOURCES }
    const columns = written.get(write.dataset) ?? new Map<string, SourceSet>()
    for (const [column, sources] of sourcesOfWrite(
      write,
      relation,
      requireDataset(datasets, write.dataset),
    )) {
      columns.set(column, uniteSources([columns.get(column) ?? NO_SOURCES, sources]))
    }
    written.set(write.dataset, columns)
  }
  return [...written].flatMap(([dataset, columns]) =>
    [...columns].map(([column, sources]) => ({ dataset, column, sources: sortedSources(sources) })),
  )
}

/** Where the values of one exported column come from. */
export type QueryLineage = Omit<ColumnLineage, 'dataset'>

/** The same for the columns of the last of `queries`: what a read or an export gives. */
export function lineageOfQueries(
  queries: readonly Query[],
  datasets: ReadonlyMap<DatasetId, Dataset>,
): readonly QueryLineage[] {
  inferColumns(queries, datasets)
  const relation = traceQueries(queries, datasets).get(queries.at(-1)?.name ?? '')
  if (relation === undefined) return []
  return [...withRows(relation.columns, relation.rows)].map(([column, sources]) => ({
    column,
    sources: sortedSources(sources),
  }))
}

function sourcesOfWrite(
  write: Write,
  relation: Relation,
  dataset: Dataset,
): Iterable<readonly [string, SourceSet]> {
  switch (write.kind) {
    case 'append':
    case 'replace':
    case 'overwrite':
      return withRows(relation.columns, relation.rows)
    case 'replace_keys':
      return withRows(relation.columns, filteredBy(relation, write.scope).rows)
    case 'delete': {
      const { rows } = filteredBy(relation, write.on)
      return dataset.columns.map(({ name }) => [name, rows] as const)
    }
    case 'merge':
      return sourcesOfMerge(write, relation, dataset)
  }
}

function sourcesOfMerge(
  write: MergeWrite,
  source: Relation,
  dataset: Dataset,
): Iterable<readonly [string, SourceSet]> {
  const target = relationOfDataset(dataset)
  const prefixed = [...source.columns].map(
    ([name, sources]) => [MERGE_SOURCE_PREFIX + name, sources] as const,
  )
  const both: Relation = { columns: new Map([...target.columns, ...prefixed]), rows: source.rows }
  const matching = filteredBy(
    both,
    write.on.flatMap((name) => [name, MERGE_SOURCE_PREFIX + name]),
  )
  const result = new Map<string, SourceSet>()
  for (const branch of write.branches) {
    for (const [column, sources] of sourcesOfBranch(branch, matching, dataset)) {
      result.set(column, uniteSources([result.get(column) ?? NO_SOURCES, sources]))
    }
  }
  return result
}

function sourcesOfBranch(
  branch: MergeBranch,
  relation: Relation,
  dataset: Dataset,
): Iterable<readonly [string, SourceSet]> {
  const { rows } =
    branch.condition === undefined
      ? relation
      : filteredBy(relation, referencedColumns(branch.condition))
  const { action } = branch
  switch (action.kind) {
    case 'update':
    case 'insert':
      return withRows(
        action.set.map(({ name, expression }) => [name, sourcesOfExpression(expression, relation)]),
        rows,
      )
    case 'delete':
      return dataset.columns.map(({ name }) => [name, rows] as const)
    case 'nothing':
      return []
  }
}

function withRows(
  columns: Iterable<readonly [string, SourceSet]>,
  rows: SourceSet,
): Iterable<readonly [string, SourceSet]> {
  return [...columns].map(
    ([name, sources]) => [name, uniteSources([sources, weakenTo('filter', rows)])] as const,
  )
}
