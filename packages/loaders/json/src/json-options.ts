import type { OptionDescriptor, ResolvedOptions } from '@qarion/core'
import { COMPRESSION_OPTION, type CompressionChoice } from '@qarion/kit-files'

import { jsonError } from './json-errors.ts'

/** The format's own options, in `[properties.load]` beside the shared keys. */
export const JSON_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'layout',
    type: 'choice',
    description:
      'An array of records, or JSON Lines: one record per line. auto goes by the first character: [ starts an array.',
    choices: ['auto', 'array', 'lines'],
    default: 'auto',
  },
  {
    name: 'records_path',
    type: 'string',
    description:
      'Where the array of records stands within an object: keys with dots between them, for instance data.items.',
  },
  {
    name: 'max_record_size',
    type: 'size',
    description: 'Most that one record may take; it is held in memory.',
    default: '64MB',
    isAdvanced: true,
  },
  COMPRESSION_OPTION,
]

const DEFAULT_MAX_RECORD_BYTES = 64_000_000

/** How records lie in files. */
export interface JsonForm {
  readonly layout: 'auto' | 'array' | 'lines'
  /** Keys that lead to the array; empty where the file is the array. */
  readonly recordsPath: readonly string[]
  readonly maxRecordBytes: number
  readonly compression: CompressionChoice
}

/** The form that checked options describe. Throws QRN-JSON-001. */
export function toJsonForm(options: ResolvedOptions): JsonForm {
  const layout = (options['layout'] ?? 'auto') as JsonForm['layout']
  const path = options['records_path'] as string | undefined
  const recordsPath = path === undefined ? [] : path.split('.')
  const maxRecordBytes = (options['max_record_size'] ?? DEFAULT_MAX_RECORD_BYTES) as number
  if (recordsPath.includes('')) fail(`records_path is "${path ?? ''}", which has an empty key`)
  if (recordsPath.length > 0 && layout === 'lines')
    fail('records_path says where an array is, and layout = "lines" that there is none')
  if (!(maxRecordBytes > 0)) fail(`max_record_size is ${maxRecordBytes}`)
  return {
    layout: recordsPath.length > 0 ? 'array' : layout,
    recordsPath,
    maxRecordBytes,
    compression: (options['compression'] ?? 'auto') as CompressionChoice,
  }
}

function fail(what: string): never {
  throw jsonError('QRN-JSON-001', 'configuration', `${what}.`)
}
