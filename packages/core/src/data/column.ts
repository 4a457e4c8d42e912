import type { DataType } from './data-type.ts'
import type { Column } from './dataset.ts'

/** A column that holds a value in every row. */
export function requiredColumn(name: string, type: DataType): Column {
  return { name, type, required: true }
}

export function optionalColumn(name: string, type: DataType): Column {
  return { name, type, required: false }
}
