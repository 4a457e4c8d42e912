import { planCsv } from '../csv/csv-native.ts'
import { planParquet } from '../parquet/parquet-native.ts'
import type { PlanNative } from './native-file.ts'

/** The formats that DuckDB reads by itself. */
export const NATIVE_FORMATS: Readonly<Record<string, PlanNative>> = Object.freeze({
  csv: planCsv,
  parquet: planParquet,
})
