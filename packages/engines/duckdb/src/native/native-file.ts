import type { FileScan, NativeSource, TableDefinition } from '@qarion/core'

/** How DuckDB reads one clean file. */
export interface NativeFile {
  /**
   * Run apart from the transaction of the target, which a failed statement would end. Its one value is the number of good
   * rows; where that is not the number of the scan, or it fails, the file is declined. Absent where a second reading would
   * cost more than a transaction that is begun anew now and then.
   */
  readonly probe?: string
  /** Gives the good rows for the table, in its order of columns; never fails on what passed the probe. */
  readonly rows: string
}

export interface NativeRequest {
  readonly table: TableDefinition
  readonly source: NativeSource
  readonly scan: FileScan
  /** Name of a table in memory that is the file's own. */
  readonly stage: string
}

/** Plans the reading of a file; `undefined` where DuckDB might not read it as the loader does. */
export type PlanNative = (request: NativeRequest) => NativeFile | undefined

/** DuckDB takes `*`, `?`, `[` in paths for patterns. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]')
}
