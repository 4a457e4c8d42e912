import {
  DataTypes,
  MERGE_SOURCE_PREFIX,
  rowsOf,
  type CaseExpression,
  type DataType,
  type Expression,
  type JoinRule,
  type MergeBranch,
  type MergeWrite,
} from '@qarion/core'

import { compileAs } from '../expression/compile-expression.ts'
import { dtypeOf } from '../frame/dtypes.ts'
import { aggregateGroups, collect, filterRows, withColumns } from '../frame/frames.ts'
import {
  binary,
  columnNode,
  integerNode,
  isNotNull,
  LENGTH,
  nullNode,
  textNode,
} from '../frame/node.ts'
import { polarsError } from '../polars-errors.ts'
import type { DataFrame } from '../polars.ts'
import { filteredBy, join } from '../query/join.ts'
import type { QueryContext, QueryScope } from '../query/query-context.ts'
import { onlyColumns, project, type Relation } from '../query/relation.ts'
import { tableRelation } from '../query/source.ts'
import type { StoredTableState } from '../store/table-store.ts'
import { decodeFrame, outgoing } from '../values/decode.ts'
import type { TypedColumn } from '../values/encode.ts'
import { formatRow } from './asserts.ts'
import type { TableChange } from './changes.ts'
import type { Target } from './write-instruction.ts'

const { boolean: BOOLEAN, string: STRING } = DataTypes
/** Which branch acts on a row, and whether the source has a row for it. */
const ACTION = 'xt_merge_action'
const IN_SOURCE = 'xt_merge_in_source'
const SAMPLE_ROWS = 5

/**
 * A merge as one change: the rows of the target with their new values, without those that a branch deletes, and the
 * rows to insert. The branches become the branches of a CASE, so each expression counts only in rows of its own.
 */
export async function mergeChange(
  write: MergeWrite,
  source: Relation,
  target: Target,
  table: StoredTableState,
  counts: string,
  { context }: QueryScope,
): Promise<TableChange> {
  await requireUnique(write, source, context)
  const stored = tableRelation(table, context)
  const changed = await changedRows(write, source, stored, context)
  const inserted = await insertedRows(write, source, stored, target, context)
  const acted = await countActions(changed, context)
  const insert = { rows: inserted, columns: target.columns }
  const counted = acted + inserted.height
  if (acted === 0) return { table: target.table, insert, counts, counted }
  const kept = filterRows(
    context.polars,
    changed.frame,
    binary('NotEq', columnNode(ACTION), textNode('delete')),
  )
  const rewrite = await collect(onlyColumns(kept, stored.columns, context.polars).frame)
  return { table: target.table, rewrite, insert, counts, counted }
}

async function countActions(changed: Relation, { polars }: QueryContext): Promise<number> {
  const isActed = binary('NotEq', columnNode(ACTION), textNode('nothing'))
  return (await collect(filterRows(polars, changed.frame, isActed))).height
}

/** The target's rows, those that a branch updates with their new values. */
async function changedRows(
  write: MergeWrite,
  source: Relation,
  stored: Relation,
  context: QueryContext,
): Promise<Relation> {
  const marked: Relation = {
    frame: withColumns(context.polars, source.frame, [{ name: IN_SOURCE, node: integerNode(1) }]),
    columns: [...source.columns, { name: IN_SOURCE, type: DataTypes.integer }],
  }
  const pairs = await joinOn(stored, marked, write.on, 'left', context)
  const data = (await collect(pairs.frame)).lazy()
  const inSource: TypedColumn = { name: 'xt_merge_matched', type: BOOLEAN }
  const whole: Relation = {
    frame: withColumns(context.polars, data, [
      { name: inSource.name, node: isNotNull(columnNode(MERGE_SOURCE_PREFIX + IN_SOURCE)) },
    ]),
    columns: [...pairs.columns, inSource],
  }
  const matched: Expression = { kind: 'column', type: BOOLEAN, name: inSource.name }
  const missing: Expression = { kind: 'call', function: 'not', arguments: [matched], type: BOOLEAN }
  const branches = write.branches.filter(({ when }) => when !== 'not_matched')
  const situation = ({ when }: MergeBranch): Expression => (when === 'matched' ? matched : missing)
  return project(whole, context, (compilation) => [
    ...stored.columns.map(({ name, type }) => {
      const own: Expression = { kind: 'column', type, name }
      const value = chosen(
        branches,
        situation,
        type,
        own,
        (branch) => assigned(branch, name) ?? own,
      )
      return { name, operand: { node: compileAs(value, type, compilation), type } }
    }),
    {
      name: ACTION,
      operand: {
        node: compileAs(actionOf(branches, situation), STRING, compilation),
        type: STRING,
      },
    },
  ])
}

const always = (): Expression => ({ kind: 'literal', type: BOOLEAN, text: 'true' })

/** New rows of the source's rows that no row of the target matches. */
async function insertedRows(
  write: MergeWrite,
  source: Relation,
  stored: Relation,
  target: Target,
  context: QueryContext,
): Promise<DataFrame> {
  const { polars } = context
  const branches = write.branches.filter(({ when }) => when === 'not_matched')
  const news = await filteredBy(source, stored, 'anti', write.on, context)
  // The target's columns are NULL here; they may be named all the same.
  const wide = await project(news, context, () => [
    ...stored.columns.map(({ name, type }) => ({
      name,
      operand: { node: nullNode(dtypeOf(type)), type },
    })),
    ...news.columns.map(({ name, type }) => ({
      name: MERGE_SOURCE_PREFIX + name,
      operand: { node: columnNode(name), type },
    })),
  ])
  const made = await project(wide, context, (compilation) => [
    ...target.columns.map(({ name, type }) => {
      const none: Expression = { kind: 'literal', type, text: null }
      const value = chosen(branches, always, type, none, (branch) => assigned(branch, name) ?? none)
      return { name, operand: { node: compileAs(value, type, compilation), type } }
    }),
    {
      name: ACTION,
      operand: { node: compileAs(actionOf(branches, always), STRING, compilation), type: STRING },
    },
  ])
  const chosenRows = filterRows(
    polars,
    made.frame,
    binary('Eq', columnNode(ACTION), textNode('insert')),
  )
  return collect(onlyColumns(chosenRows, target.columns, polars).frame)
}

function joinOn(
  left: Relation,
  right: Relation,
  names: readonly string[],
  type: JoinRule['type'],
  context: QueryContext,
): Promise<Relation> {
  const on = names.map((name) => ({ left: name, right: name, nullSafe: true }))
  return join(
    left,
    right,
    { operation: 'join', right: '', type, on, rightPrefix: MERGE_SOURCE_PREFIX },
    context,
  )
}

/** The value by the first branch that fits. */
function chosen(
  branches: readonly MergeBranch[],
  situation: (branch: MergeBranch) => Expression,
  type: DataType,
  otherwise: Expression,
  value: (branch: MergeBranch) => Expression,
): Expression {
  if (branches.length === 0) return otherwise
  const expression: CaseExpression = {
    kind: 'case',
    type,
    branches: branches.map((branch) => ({
      when: conditionOf(branch, situation(branch)),
      then: value(branch),
    })),
    otherwise,
  }
  return expression
}

function conditionOf({ condition }: MergeBranch, situation: Expression): Expression {
  return condition === undefined
    ? situation
    : { kind: 'call', function: 'and', arguments: [situation, condition], type: BOOLEAN }
}

function assigned({ action }: MergeBranch, name: string): Expression | undefined {
  return 'set' in action ? action.set.find((entry) => entry.name === name)?.expression : undefined
}

function actionOf(
  branches: readonly MergeBranch[],
  situation: (branch: MergeBranch) => Expression,
): Expression {
  const word = (text: string): Expression => ({ kind: 'literal', type: STRING, text })
  return chosen(branches, situation, STRING, word('nothing'), ({ action }) => word(action.kind))
}

async function requireUnique(
  { on, dataset }: MergeWrite,
  source: Relation,
  { polars }: QueryContext,
): Promise<void> {
  const grouped = aggregateGroups(polars, source.frame, on, [{ name: 'xt:rows', node: LENGTH }])
  const several = binary('Gt', columnNode('xt:rows'), integerNode(1, 'UInt32'))
  const columns = on.map(
    (name) => source.columns.find((column) => column.name === name) as TypedColumn,
  )
  const doubled = onlyColumns(filterRows(polars, grouped, several), columns, polars)
  const found = await collect(outgoing(polars, doubled.frame, columns))
  if (found.height === 0) return
  const [sample] = decodeFrame(found.slice(0, SAMPLE_ROWS), columns, SAMPLE_ROWS)
  throw polarsError(
    'QRN-POLARS-004',
    `The merge into ${dataset} was given several rows with one key.`,
    {
      data: {
        columns: on,
        sample:
          sample === undefined ? [] : [...rowsOf(sample)].map((row) => formatRow(row, columns)),
      },
    },
  )
}
