import { DataTypes, valueAt, type Row, type UnnestRule } from '@qarion/core'
import { vectorFromValues } from '@qarion/core'

import { collect, joinFrames, withColumns } from '../frame/frames.ts'
import { cast, columnNode } from '../frame/node.ts'
import type { LazyFrame } from '../polars.ts'
import { decodeFrame, outgoing } from '../values/decode.ts'
import { encodeBatches, type TypedColumn } from '../values/encode.ts'
import type { QueryContext } from './query-context.ts'
import { columnOf, onlyColumns, type Relation } from './relation.ts'

const ROW = 'xt:row'
const ITEM_ROW = 'xt:row of item'
const PLACE = 'xt:place'
const ITEM = 'xt:item'
const ROWS_PER_CALL = 65_536

/** One row per element of a JSON array. The texts are taken apart here and joined to their rows by number. */
export async function unnest(
  relation: Relation,
  { column, as, ordinalAs }: UnnestRule,
  context: QueryContext,
): Promise<Relation> {
  const { polars } = context
  const { type } = columnOf(relation, column)
  const numbered = (await collect(withRowNumbers(relation.frame, context))).lazy()
  const arrays: readonly TypedColumn[] = [
    { name: ROW, type: DataTypes.integer },
    { name: column, type },
  ]
  const items: Row[] = []
  for (const batch of decodeFrame(
    await collect(outgoing(polars, numbered, arrays)),
    arrays,
    ROWS_PER_CALL,
  )) {
    const [rows, texts] = batch.columns as [(typeof batch.columns)[0], (typeof batch.columns)[0]]
    for (let index = 0; index < batch.rowCount; index += 1) {
      const text = valueAt(texts, index)
      if (text === null) continue
      const row = valueAt(rows, index)
      elementsOf(text as string).forEach((item, place) => {
        items.push([row, BigInt(place + 1), item])
      })
    }
  }
  const made: readonly TypedColumn[] = [
    { name: ITEM_ROW, type: DataTypes.integer },
    { name: PLACE, type: DataTypes.integer },
    { name: ITEM, type: DataTypes.json },
  ]
  const elements = encodeBatches(polars, made, [
    {
      rowCount: items.length,
      columns: made.map((item, index) =>
        vectorFromValues(
          item.type,
          items.map((cells) => cells[index] ?? null),
        ),
      ),
    },
  ])
  const joined = joinFrames(polars, numbered, elements, {
    how: 'inner',
    on: [{ left: ROW, right: ITEM_ROW }],
    nullsEqual: false,
  })
  const columns: readonly TypedColumn[] = [
    ...relation.columns,
    { name: as, type: DataTypes.json },
    ...(ordinalAs === undefined ? [] : [{ name: ordinalAs, type: DataTypes.integer }]),
  ]
  const named = withColumns(polars, joined, [
    { name: as, node: columnNode(ITEM) },
    ...(ordinalAs === undefined ? [] : [{ name: ordinalAs, node: columnNode(PLACE) }]),
  ])
  return onlyColumns(named, columns, polars)
}

function withRowNumbers(frame: LazyFrame, { polars }: QueryContext): LazyFrame {
  return withColumns(polars, frame.withRowIndex(ROW, 0), [
    { name: ROW, node: cast(columnNode(ROW), 'Int64') },
  ])
}

/** The elements of an array in canonical form, each as it stands there: numbers keep their digits. */
export function elementsOf(array: string): readonly string[] {
  const elements: string[] = []
  let depth = 0
  let isInText = false
  let start = 1
  for (let at = 1; at < array.length - 1; at += 1) {
    const character = array[at]
    if (isInText) {
      if (character === '\\') at += 1
      else if (character === '"') isInText = false
    } else if (character === '"') isInText = true
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    else if (character === ',' && depth === 0) {
      elements.push(array.slice(start, at))
      start = at + 1
    }
  }
  return array.length > 2 ? [...elements, array.slice(start, -1)] : elements
}
