import type { CsvLayout, OptionDescriptor, ResolvedOptions } from '@qarion/core'
import { WRITE_COMPRESSIONS, type WriteCompression } from '@qarion/kit-files'

import { csvExportError } from './csv-export-errors.ts'

/** The format's options, in `[properties.export]`. */
export const CSV_EXPORT_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'delimiter',
    type: 'string',
    description: 'The one ASCII character between fields.',
    default: ',',
  },
  {
    name: 'quote_style',
    type: 'choice',
    description:
      'minimal quotes only what would be read as something else; all quotes every value but NULL.',
    choices: ['minimal', 'all'],
    default: 'minimal',
  },
  {
    name: 'header',
    type: 'boolean',
    description: 'Whether the first line names the columns.',
    default: true,
  },
  {
    name: 'null_text',
    type: 'string',
    description: 'What stands for NULL, never quoted; a text that reads like it is quoted.',
    default: '',
  },
  {
    name: 'line_ending',
    type: 'choice',
    description: 'What ends each line.',
    choices: ['lf', 'crlf'],
    default: 'lf',
    isAdvanced: true,
  },
  {
    name: 'compression',
    type: 'choice',
    description: 'How the file is compressed.',
    choices: WRITE_COMPRESSIONS,
    default: 'none',
  },
]

export interface CsvExportSettings {
  readonly layout: Required<CsvLayout>
  readonly hasHeader: boolean
  readonly compression: WriteCompression
}

/** The settings that checked options describe. Throws QRN-CSVEXPORT-001. */
export function toCsvExportSettings(options: ResolvedOptions): CsvExportSettings {
  const delimiter = options['delimiter'] ?? ','
  const nullText = options['null_text'] ?? ''
  if (
    typeof delimiter !== 'string' ||
    delimiter.length !== 1 ||
    delimiter > '\u007f' ||
    '"\n\r\0'.includes(delimiter)
  )
    throw csvExportError(
      'QRN-CSVEXPORT-001',
      'configuration',
      `The delimiter ${JSON.stringify(delimiter)} is not one ASCII character that can be one.`,
    )
  if (typeof nullText !== 'string' || /["\n\r\0]/.test(nullText) || nullText.includes(delimiter))
    throw csvExportError(
      'QRN-CSVEXPORT-001',
      'configuration',
      `The null_text ${JSON.stringify(nullText)} holds the delimiter, a quote, a line break or NUL.`,
    )
  return {
    layout: {
      delimiter,
      nullText,
      quoting: options['quote_style'] === 'all' ? 'all' : 'minimal',
      lineEnding: options['line_ending'] === 'crlf' ? '\r\n' : '\n',
    },
    hasHeader: (options['header'] ?? true) === true,
    compression: (options['compression'] ?? 'none') as WriteCompression,
  }
}
