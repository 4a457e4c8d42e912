import type { JsonNumbers, OptionDescriptor, ResolvedOptions } from '@qarion/core'
import { WRITE_COMPRESSIONS, type WriteCompression } from '@qarion/kit-files'

/** The format's options, in `[properties.export]`. */
export const JSON_EXPORT_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'layout',
    type: 'choice',
    description:
      'array is one JSON array with an object per row; lines is JSON Lines, an object per line.',
    choices: ['array', 'lines'],
    default: 'array',
  },
  {
    name: 'numbers',
    type: 'choice',
    description:
      'safe writes decimals and integers beyond 2^53 as strings, which no reader rounds; exact writes all their digits as numbers.',
    choices: ['safe', 'exact'],
    default: 'safe',
  },
  {
    name: 'compression',
    type: 'choice',
    description: 'How the file is compressed.',
    choices: WRITE_COMPRESSIONS,
    default: 'none',
  },
]

export interface JsonExportSettings {
  readonly layout: 'array' | 'lines'
  readonly numbers: JsonNumbers
  readonly compression: WriteCompression
}

/** The settings that checked options describe. */
export function toJsonExportSettings(options: ResolvedOptions): JsonExportSettings {
  return {
    layout: options['layout'] === 'lines' ? 'lines' : 'array',
    numbers: options['numbers'] === 'exact' ? 'exact' : 'safe',
    compression: (options['compression'] ?? 'none') as WriteCompression,
  }
}
