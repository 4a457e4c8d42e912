import { createRequire } from 'node:module'

import type * as wasm from 'parquet-wasm/node'

export type ParquetWasm = typeof wasm

/** The writer is several megabytes of code: it is loaded when something is written. */
export function loadWriter(): ParquetWasm {
  return createRequire(import.meta.url)('parquet-wasm/node') as ParquetWasm
}
