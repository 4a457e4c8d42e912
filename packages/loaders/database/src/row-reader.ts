import {
  createParser,
  createVectorBuilder,
  isValueProblem,
  valueAt,
  type ColumnVector,
  type FieldProblem,
  type InputColumn,
  type LoadedBatch,
  type RejectedRow,
  type Value,
} from '@qarion/core'
import {
  fieldTextOf,
  keepRows,
  parseOptionsOf,
  rawTextOf,
  type LoaderOptions,
  NULL_IN_REQUIRED,
} from '@qarion/kit-files'

import type { TextColumns } from './spool.ts'

/** Reads texts into typed columns; rows with a text that does not fit become rejects. */
export function createRowReader(
  columns: readonly InputColumn[],
  load: LoaderOptions,
): (texts: TextColumns, firstRow: number) => LoadedBatch {
  const parsers = columns.map((column) => createParser(column.type, parseOptionsOf(column, load)))
  const nulls = columns.map(
    ({ nullValues }) => new Set([...load.nullValues, ...(nullValues ?? [])]),
  )
  return (texts, firstRow) => {
    const count = texts[0]?.length ?? 0
    const problems = new Map<number, FieldProblem[]>()
    const report = (row: number, problem: FieldProblem): void => {
      const ofRow = problems.get(row)
      if (ofRow === undefined) problems.set(row, [problem])
      else ofRow.push(problem)
    }
    const vectors = columns.map((column, index): ColumnVector => {
      const builder = createVectorBuilder(column.type, count)
      const parse = parsers[index] as (typeof parsers)[number]
      for (const [row, text] of (texts[index] ?? []).entries()) {
        if (text === null || nulls[index]?.has(text) === true) {
          if (column.required) report(row, { column: column.name, text, reason: NULL_IN_REQUIRED })
          builder.append(null)
          continue
        }
        const value = parse(text)
        if (isValueProblem(value)) {
          report(row, { column: column.name, text: fieldTextOf(text), reason: value.reason })
          builder.append(null)
        } else builder.append(value)
      }
      return builder.finish()
    })
    const skipped = new Uint8Array(count)
    const rejects = [...problems.entries()]
      .toSorted(([left], [right]) => left - right)
      .map(([row, ofRow]): RejectedRow => {
        skipped[row] = 1
        return {
          line: firstRow + row,
          problems: ofRow,
          rawText: rawTextOfRow(texts, row),
          values: readableValues(columns, vectors, row, ofRow),
        }
      })
    const lines = Float64Array.from({ length: count }, (_, row) => firstRow + row)
    return {
      batch: {
        rowCount: count - rejects.length,
        columns:
          rejects.length === 0 ? vectors : vectors.map((vector) => keepRows(vector, skipped)),
      },
      lines: rejects.length === 0 ? lines : lines.filter((_, row) => skipped[row] === 0),
      rejects,
    }
  }
}

function rawTextOfRow(texts: TextColumns, row: number): string {
  const bytes = Buffer.from(JSON.stringify(texts.map((column) => column[row])))
  return rawTextOf(bytes, 0, bytes.length)
}

function readableValues(
  columns: readonly InputColumn[],
  vectors: readonly ColumnVector[],
  row: number,
  problems: readonly FieldProblem[],
): Readonly<Record<string, Value | null>> {
  const bad = new Set(problems.map(({ column }) => column))
  return Object.fromEntries(
    columns.flatMap(({ name }, index) =>
      bad.has(name) ? [] : [[name, valueAt(vectors[index] as ColumnVector, row)]],
    ),
  )
}
