import type { EngineReference, OptionDescriptor, ResolvedOptions } from '@qarion/core'

import { databaseError } from './database-errors.ts'
import { parseTablePath } from './table-path.ts'

const FILE_KEYS = [
  'source_path',
  'file_pattern',
  'batch_by',
  'file_order',
  'on_changed_file',
  'ready_file',
  'min_age',
  'on_extra_column',
  'empty_string',
] as const

/** The format's own options, in `[properties.load]` beside the shared keys. */
export const DATABASE_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'table',
    type: 'string',
    description:
      'Table or view that is read: "name" or "schema.name"; double quotes around a part that holds a point.',
    insteadOf: FILE_KEYS,
  },
  {
    name: 'query',
    type: 'string',
    description: 'Query that is read in the place of a table, in the SQL of the database.',
  },
  {
    name: 'connection',
    type: 'connection',
    description: 'Database to read, by its name under [connections] of qarion.toml.',
  },
  {
    name: 'environment',
    type: 'environment',
    description:
      'Database to read: the engine of this environment. Without connection and environment it is that of the flow.',
  },
  {
    name: 'watermark_column',
    type: 'column',
    description:
      'Column that grows, such as updated_at: after the first one, a read asks for rows from its greatest value on.',
    makesPartial: true,
  },
  {
    name: 'overlap',
    type: 'duration',
    description:
      'For dates and timestamps: rows this much older than the greatest value are read again, so that late ones are not lost.',
  },
  {
    name: 'overlap_units',
    type: 'integer',
    minimum: 0,
    description: 'The same for integers and decimals.',
  },
]

/** What is read, and from where on. */
export interface DatabaseSettings {
  readonly relation:
    | { readonly kind: 'table'; readonly path: readonly string[] }
    | { readonly kind: 'query'; readonly text: string }
  /** What deliveries are called. */
  readonly label: string
  readonly engine: EngineReference
  readonly watermark?: {
    readonly column: string
    readonly overlapMs: number
    readonly overlapUnits: number
  }
}

/** The settings that checked options describe. Throws QRN-DATABASE-001. */
export function toDatabaseSettings(options: ResolvedOptions): DatabaseSettings {
  const text = (name: string): string | undefined => options[name] as string | undefined
  const [table, query, column] = ['table', 'query', 'watermark_column'].map(text)
  if ((table === undefined) === (query === undefined))
    fail(table === undefined ? 'Neither table nor query is set.' : 'table and query are both set.')
  const overlapMs = options['overlap'] as number | undefined
  const overlapUnits = options['overlap_units'] as number | undefined
  if (column === undefined && (overlapMs ?? overlapUnits) !== undefined)
    fail('overlap is set, and watermark_column is not.')
  return {
    relation:
      table === undefined
        ? { kind: 'query', text: query as string }
        : { kind: 'table', path: parseTablePath(table) },
    label: table ?? 'query',
    engine: engineOf(text('connection'), text('environment')),
    ...(column === undefined
      ? {}
      : { watermark: { column, overlapMs: overlapMs ?? 0, overlapUnits: overlapUnits ?? 0 } }),
  }
}

function engineOf(
  connection: string | undefined,
  environment: string | undefined,
): EngineReference {
  if (connection !== undefined && environment !== undefined)
    fail('connection and environment are both set.')
  if (connection !== undefined) return { from: 'connection', name: connection }
  if (environment !== undefined) return { from: 'environment', name: environment }
  return { from: 'project' }
}

function fail(message: string): never {
  throw databaseError('QRN-DATABASE-001', 'configuration', message)
}
