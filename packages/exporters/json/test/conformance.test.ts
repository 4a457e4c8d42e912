import { createJsonExporter } from '@qarion/exporter-json'
import { exporterSuite, type ExporterCaseName, type Gap } from '@qarion/testkit'
import { describe, it } from 'vitest'

import { readBack } from './support.ts'

const gaps: readonly Gap<ExporterCaseName>[] = [
  {
    case: 'value/the JSON null beside NULL',
    kind: 'upstream',
    reason: 'JSON has one null for both',
  },
]

describe.each([
  [{}],
  [{ layout: 'lines', compression: 'zstd' }],
  [{ layout: 'lines', numbers: 'exact' }],
  [{ numbers: 'exact', compression: 'gzip' }],
])('%j', (options) => {
  exporterSuite(it, () => createJsonExporter(options), { readBack, gaps })
})
