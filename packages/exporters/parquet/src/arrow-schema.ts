import type { Column, DataType, DataTypeKind, DecimalType } from '@qarion/core'
import * as arrow from 'apache-arrow'

/** Types that hold every value of ours exactly; the file says of each what it means. */
const ARROW_TYPES: Readonly<Record<DataTypeKind, (type: DataType) => arrow.DataType>> = {
  boolean: () => new arrow.Bool(),
  integer: () => new arrow.Int64(),
  decimal: (type) => {
    const { precision, scale } = type as DecimalType
    return new arrow.Decimal(scale, precision, 128)
  },
  float: () => new arrow.Float64(),
  string: () => new arrow.Utf8(),
  date: () => new arrow.DateDay(),
  time: () => new arrow.TimeMicrosecond(),
  timestamp: () => new arrow.TimestampMicrosecond('UTC'),
  json: () => new arrow.Utf8(),
  binary: () => new arrow.Binary(),
}

/** The columns as Arrow describes them. */
export function arrowSchema(columns: readonly Column[]): arrow.Schema {
  return new arrow.Schema(
    columns.map(
      ({ name, type, required }) => new arrow.Field(name, ARROW_TYPES[type.kind](type), !required),
    ),
  )
}
