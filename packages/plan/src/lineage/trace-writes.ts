import {
  MERGE_SOURCE_PREFIX,
  type Dataset,
  type DatasetId,
  type Instruction,
  type MergeBranch,
  type MergeWrite,
  type Query,
  type Write,
} from '@qarion/core'

import { requireDataset } from '../check/check-scope.ts'
import { referencedColumns } from '../visit/references.ts'
import {
  decidedBy,
  EMPTY_RELATION,
  relationOfDataset,
  rowsBy,
  sourcesOf,
  type Relation,
} from './relation.ts'
import { uniteSources } from './sources.ts'
import { traceExpression } from './trace-expression.ts'
import { traceQueries } from './trace-query.ts'

/** Where the columns of a dataset come from, by all that writes it. */
export type Traced = ReadonlyMap<DatasetId, Relation>

/** What the writes of an instruction make of their datasets. The instruction must have passed `checkInstruction`. */
export function traceInstruction(
  instruction: Instruction,
  datasets: ReadonlyMap<DatasetId, Dataset>,
): Traced {
  const queries = traceQueries(instruction.queries, datasets)
  return uniteTraced(
    instruction.writes.map((write) => {
      const source = queries.get(write.query) ?? EMPTY_RELATION
      const target = requireDataset(datasets, write.dataset)
      return new Map([[write.dataset, traceWrite(write, source, target)]])
    }),
  )
}

/** What a read of queries gives: the last of them. */
export function traceRead(
  queries: readonly Query[],
  datasets: ReadonlyMap<DatasetId, Dataset>,
): Relation {
  return traceQueries(queries, datasets).get(queries.at(-1)?.name ?? '') ?? EMPTY_RELATION
}

export function uniteTraced(parts: readonly Traced[]): Traced {
  const result = new Map<DatasetId, Relation>()
  for (const part of parts) {
    for (const [dataset, relation] of part) {
      const other = result.get(dataset)
      result.set(dataset, other === undefined ? relation : uniteRelations(other, relation))
    }
  }
  return result
}

/** Both, with the columns of either. */
function uniteRelations(left: Relation, right: Relation): Relation {
  const names = new Set([...left.columns.keys(), ...right.columns.keys()])
  return {
    columns: new Map(
      Array.from(names, (name) => [
        name,
        uniteSources([sourcesOf(left, name), sourcesOf(right, name)]),
      ]),
    ),
    rows: uniteSources([left.rows, right.rows]),
    counted: uniteSources([left.counted, right.counted]),
  }
}

function traceWrite(write: Write, source: Relation, target: Dataset): Relation {
  switch (write.kind) {
    case 'append':
    case 'replace':
    case 'overwrite':
      return source
    case 'replace_keys':
      return rowsBy(source, write.scope, 'filter')
    case 'delete':
      return { ...rowsBy(source, write.on, 'filter'), columns: EMPTY_RELATION.columns }
    case 'merge':
      return traceMerge(write, source, target)
  }
}

function traceMerge(write: MergeWrite, source: Relation, target: Dataset): Relation {
  const prefixed = Array.from(
    source.columns,
    ([name, sources]) => [MERGE_SOURCE_PREFIX + name, sources] as const,
  )
  const both: Relation = {
    ...source,
    columns: new Map([...relationOfDataset(target).columns, ...prefixed]),
  }
  const keys = write.on.flatMap((name) => [name, MERGE_SOURCE_PREFIX + name])
  const matched = { ...rowsBy(both, keys, 'join'), columns: EMPTY_RELATION.columns }
  return write.branches.reduce(
    (sofar, branch) => uniteRelations(sofar, traceBranch(branch, both)),
    matched,
  )
}

/** The condition of an update decides the values, that of an insert or delete which rows there are. */
function traceBranch({ action, condition }: MergeBranch, both: Relation): Relation {
  const names = condition === undefined ? [] : referencedColumns(condition)
  const decided = action.kind === 'insert' || action.kind === 'delete' ? names : []
  const rows = { ...rowsBy(both, decided, 'filter'), columns: EMPTY_RELATION.columns }
  if (action.kind === 'nothing' || action.kind === 'delete') return rows
  const deciding = decidedBy(both, action.kind === 'update' ? names : [], 'conditional')
  const columns = action.set.map(
    ({ name, expression }) =>
      [name, uniteSources([traceExpression(expression, both), deciding])] as const,
  )
  return { ...rows, columns: new Map(columns) }
}
