import {
  createZone,
  type AmbiguousTime,
  type InputColumn,
  type ParseOptions,
  type ResolvedOptions,
} from '@qarion/core'

/**
 * What the host hands to every loader of files besides the options of its format: the shared keys of
 * `[properties.load]` and the project's `allowed_paths`.
 */
export interface LoaderOptions {
  readonly sourcePath: string
  readonly filePattern?: string
  readonly readyFile?: string
  readonly minAgeMs: number
  readonly allowedPaths: readonly string[]
  readonly timezone: string
  readonly ambiguousTime: AmbiguousTime
  readonly nullValues: readonly string[]
  readonly emptyString: 'null' | 'quoted'
  readonly onExtraColumn: 'fail' | 'ignore'
}

/** The shared keys among the options given to a loader, with their defaults where a caller left them out. */
export function toLoaderOptions(options: ResolvedOptions): LoaderOptions {
  const given = options as Partial<LoaderOptions>
  return {
    sourcePath: given.sourcePath ?? '.',
    ...(given.filePattern === undefined ? {} : { filePattern: given.filePattern }),
    ...(given.readyFile === undefined ? {} : { readyFile: given.readyFile }),
    minAgeMs: given.minAgeMs ?? 0,
    allowedPaths: given.allowedPaths ?? [],
    timezone: given.timezone ?? 'UTC',
    ambiguousTime: given.ambiguousTime ?? 'earlier',
    nullValues: given.nullValues ?? [],
    emptyString: given.emptyString ?? 'null',
    onExtraColumn: given.onExtraColumn ?? 'fail',
  }
}

/** How the text of an input column is read: its own settings and the load's zone. Throws QRN-VALUE-003. */
export function parseOptionsOf(
  column: InputColumn,
  { timezone, ambiguousTime }: Pick<LoaderOptions, 'timezone' | 'ambiguousTime'>,
): ParseOptions {
  const { format, decimalSeparator, groupSeparator } = column
  return {
    ambiguousTime,
    ...(column.type.kind === 'timestamp' && timezone !== 'UTC'
      ? { zone: createZone(timezone) }
      : {}),
    ...(format === undefined ? {} : { format }),
    ...(decimalSeparator === undefined ? {} : { decimalSeparator }),
    ...(groupSeparator === undefined ? {} : { groupSeparator }),
  }
}
