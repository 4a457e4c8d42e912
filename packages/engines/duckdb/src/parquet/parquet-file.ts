import type { Column, ExportFormat } from '@qarion/core'
import { quoteIdentifier, quoteText } from '@qarion/kit-sql'

export interface ParquetFileSettings {
  /** As DuckDB calls it. */
  readonly compression: string
  readonly rowGroupSize: number
}

const CODECS: Readonly<Record<string, string>> = {
  none: 'uncompressed',
  snappy: 'snappy',
  gzip: 'gzip',
  zstd: 'zstd',
}

/** Row groups of DuckDB are made of vectors of so many rows. */
const ROWS_PER_VECTOR = 2048

/** What `@qarion/exporter-parquet` says of its files, as far as DuckDB writes such; else `undefined`. */
export function parquetFileSettingsOf({
  name,
  settings,
}: ExportFormat): ParquetFileSettings | undefined {
  if (name !== 'parquet') return undefined
  const { rowGroupSize } = settings
  const compression = CODECS[String(settings['compression'])]
  if (compression === undefined || typeof rowGroupSize !== 'number') return undefined
  if (rowGroupSize % ROWS_PER_VECTOR !== 0) return undefined
  return { compression, rowGroupSize }
}

/** The statement that writes the rows of another one to a file, in their order. */
export function copyToParquet(
  sql: string,
  columns: readonly Column[],
  path: string,
  { compression, rowGroupSize }: ParquetFileSettings,
): string {
  const fields = columns.map(({ name, type }) => {
    const field = `q.${quoteIdentifier(name)}`
    // Stored without a zone, written as what it is: an instant in UTC.
    return type.kind === 'timestamp'
      ? `make_timestamptz(epoch_us(${field})) AS ${quoteIdentifier(name)}`
      : field
  })
  const options = [
    'FORMAT parquet',
    `COMPRESSION ${compression}`,
    `ROW_GROUP_SIZE ${rowGroupSize}`,
    // The file is under another name already.
    'USE_TMP_FILE false',
  ]
  return `COPY (SELECT ${fields.join(', ')} FROM (${sql}) AS q) TO ${quoteText(path)} (${options.join(', ')})`
}
