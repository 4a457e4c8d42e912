import type { OptionDescriptor, ResolvedOptions } from '@qarion/core'
import { COMPRESSION_OPTION, type CompressionChoice } from '@qarion/kit-files'

import { csvError } from './csv-errors.ts'

/** The format's own options, in `[properties.load]` beside the shared keys. */
export const CSV_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'delimiter',
    type: 'string',
    description: 'The one ASCII character between fields.',
    default: ',',
  },
  {
    name: 'quote',
    type: 'string',
    description:
      'The one ASCII character around fields that hold delimiters or line breaks; "" for none.',
    default: '"',
  },
  {
    name: 'escape',
    type: 'string',
    description:
      'What stands before a quote within a quoted field; the quote itself if absent, else often a backslash.',
    isAdvanced: true,
  },
  {
    name: 'header',
    type: 'boolean',
    description:
      'Whether the first line names the columns. Without it columns are taken by position.',
    default: true,
  },
  {
    name: 'encoding',
    type: 'string',
    description: 'Only utf-8, with or without byte order mark.',
    default: 'utf-8',
    isAdvanced: true,
  },
  {
    name: 'skip_blank_lines',
    type: 'boolean',
    description:
      'Whether lines without any character are left out. In files of one column they are rows with NULL.',
    default: true,
    isAdvanced: true,
  },
  COMPRESSION_OPTION,
]

/** How the bytes of a file make rows and fields. */
export interface CsvDialect {
  readonly delimiter: string
  /** Empty: no field is quoted. */
  readonly quote: string
  readonly escape: string
  readonly hasHeader: boolean
  readonly skipBlankLines: boolean
  readonly compression: CompressionChoice
}

/** The dialect that checked options describe. Throws QRN-CSV-001. */
export function toCsvDialect(options: ResolvedOptions): CsvDialect {
  const text = (name: string, fallback: string): string => {
    const value = options[name] ?? fallback
    return typeof value === 'string' ? value : fail(`${name} must be a text`)
  }
  const delimiter = text('delimiter', ',')
  const quote = text('quote', '"')
  const escape = text('escape', quote)
  const encoding = text('encoding', 'utf-8')
  if (!/^utf-?8$/i.test(encoding)) fail(`The encoding "${encoding}" is not read; only utf-8 is`)
  checkCharacter('delimiter', delimiter)
  if (quote !== '') {
    checkCharacter('quote', quote)
    checkCharacter('escape', escape)
  }
  if (delimiter === quote || delimiter === escape) fail('The delimiter is also the quote or escape')
  return {
    delimiter,
    quote,
    escape,
    hasHeader: (options['header'] ?? true) === true,
    skipBlankLines: (options['skip_blank_lines'] ?? true) === true,
    compression: text('compression', 'auto') as CompressionChoice,
  }
}

function checkCharacter(name: string, character: string): void {
  if (character.length !== 1 || character > '\u007f' || '\n\r\0'.includes(character))
    fail(`The ${name} ${JSON.stringify(character)} is not one ASCII character that can be one`)
}

function fail(what: string): never {
  throw csvError('QRN-CSV-001', 'configuration', `${what}.`)
}
