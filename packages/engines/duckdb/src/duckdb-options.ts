import type { OptionDescriptor, ResolvedOptions } from '@qarion/core'

/** Options of `[engine.config]`. */
export const DUCKDB_OPTIONS: readonly OptionDescriptor[] = Object.freeze([
  {
    name: 'path',
    type: 'path',
    description: 'The database file; made when a run first writes.',
    isRequired: true,
  },
  {
    name: 'memory_limit',
    type: 'size',
    description:
      'Memory that DuckDB takes at most; beyond it, it writes to disk. Default: 80 % of the machine.',
  },
  {
    name: 'threads',
    type: 'integer',
    description: 'Threads that DuckDB computes with. Default: as many as the machine has cores.',
    minimum: 1,
    maximum: 1024,
    isAdvanced: true,
  },
] satisfies readonly OptionDescriptor[])

export interface DuckdbSettings {
  /** Absolute path of the database file. */
  readonly path: string
  readonly memoryLimitBytes?: number
  readonly threads?: number
}

/** The checked options as settings. */
export function settingsOf(options: ResolvedOptions): DuckdbSettings {
  const { path, memory_limit: memoryLimitBytes, threads } = options
  return {
    path: String(path),
    ...(typeof memoryLimitBytes === 'number' ? { memoryLimitBytes } : {}),
    ...(typeof threads === 'number' ? { threads } : {}),
  }
}
