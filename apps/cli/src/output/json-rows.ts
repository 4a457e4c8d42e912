import { formatValue, valueAt, type Column, type ColumnBatch, type Value } from '@qarion/core'

import { jsonInteger } from '../documents/json-text.ts'

/** The rows of a batch, each as the text of a JSON object with the columns in dataset order. */
export function jsonRows(columns: readonly Column[], batch: ColumnBatch): string[] {
  const keys = columns.map(({ name }) => JSON.stringify(name))
  const rows: string[] = []
  for (let row = 0; row < batch.rowCount; row += 1) {
    const members = columns.map(({ type }, index) => {
      const vector = batch.columns[index]
      const value = vector === undefined ? null : valueAt(vector, row)
      return `${keys[index]}:${value === null ? 'null' : jsonValue(type, value)}`
    })
    rows.push(`{${members.join(',')}}`)
  }
  return rows
}

/** Decimals and integers beyond 2^53 are strings; a value of type json stands as it is. */
function jsonValue(type: Column['type'], value: Value): string {
  switch (type.kind) {
    case 'boolean':
    case 'float':
      return String(value)
    case 'integer':
      return JSON.stringify(jsonInteger(value as bigint))
    case 'json':
      return value as string
    default:
      return JSON.stringify(formatValue(type, value))
  }
}
