import { createRequire } from 'node:module'

export type ParquetWasm = typeof import('parquet-wasm/node')

/** The writer is several megabytes of code: it is loaded when something is written. */
export function loadWriter(): ParquetWasm {
  return createRequire(import.meta.url)('parquet-wasm/node') as ParquetWasm
}
