import { planCsv } from './csv-scan.ts'
import type { PlanNative } from './native-file.ts'
import { planParquet } from './parquet-scan.ts'

/** The formats that Polars reads by itself. */
export const NATIVE_FORMATS: Readonly<Record<string, PlanNative>> = Object.freeze({
  csv: planCsv,
  parquet: planParquet,
})
