import {
  createVectorBuilder,
  isValueProblem,
  type ColumnVector,
  type InputColumn,
  type Value,
} from '@qarion/core'
import type { DecodedArray, SchemaTree } from 'hyparquet'

import { toBigint } from './convert-number.ts'
import type { LocalTime } from './convert-time.ts'
import { createConversion } from './convert-value.ts'
import { storedTypeOf } from './stored-type.ts'

export const REQUIRED = 'required, but missing'

/** Called for a row whose value is none; `raw` is what the file holds. */
export type OnProblem = (row: number, reason: string, raw: unknown) => void

/** The values from `start` to before `end` as a vector; a bad one is NULL in it. */
export type ColumnReader = (data: DecodedArray, start: number, end: number) => ColumnVector

/** Reads a column that the types of have been found to fit. */
export function createColumnReader(
  column: InputColumn,
  node: SchemaTree,
  local: LocalTime,
  onProblem: OnProblem,
): ColumnReader {
  const convert = createConversion(column.type, node, local)
  if (convert === undefined) throw new TypeError(`The type of ${column.name} does not fit.`)
  const stored = storedTypeOf(node)
  const isUnsigned = stored.kind === 'integer' && !stored.isSigned
  const isSame = column.type.kind === 'integer' && stored.kind === 'integer' && !isUnsigned
  const shown = (raw: unknown): unknown => (isUnsigned ? toBigint(raw, false, stored.bits) : raw)
  return (data, start, end) => {
    // 64-bit integers are what they are, and without NULL they come as such.
    if (isSame && data instanceof BigInt64Array)
      return { layout: 'int64', values: data.slice(start, end) }
    const builder = createVectorBuilder(column.type, end - start)
    for (let at = start; at < end; at += 1) {
      const raw: unknown = data[at]
      let value: Value | null = null
      if (raw === null || raw === undefined) {
        if (column.required) onProblem(at - start, REQUIRED, null)
      } else {
        const found = convert(raw)
        if (isValueProblem(found)) onProblem(at - start, found.reason, shown(raw))
        else value = found
      }
      builder.append(value)
    }
    return builder.finish()
  }
}
