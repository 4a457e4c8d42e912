import type { DataTypeKind, EngineCapabilities } from '@qarion/core'

import { markdownTable } from './markdown.ts'

/** What an engine can do, and how it stores each type, as Markdown. */
export function capabilityTables(capabilities: EngineCapabilities): string {
  const { isPersistent, maxDecimalPrecision, nativeFormats, storedTypes } = capabilities
  const limits = markdownTable(
    ['capability', 'value'],
    [
      ['widest exact decimal', `${maxDecimalPrecision} digits`],
      [
        'formats it reads by itself',
        nativeFormats.length === 0 ? 'none' : nativeFormats.join(', '),
      ],
      ['data outlives the process', isPersistent ? 'yes' : 'no'],
    ],
  )
  const types = markdownTable(
    ['type', 'stored as'],
    Object.entries(storedTypes).map(([kind, stored]) => [nameOf(kind as DataTypeKind), stored]),
  )
  return `${limits}\n\n${types}`
}

function nameOf(kind: DataTypeKind): string {
  return kind === 'decimal' ? 'decimal(p,s)' : kind
}
