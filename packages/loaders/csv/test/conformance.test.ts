import { writeFile } from 'node:fs/promises'

import type { PluginHost } from '@qarion/core'
import { createCsvLoader } from '@qarion/loader-csv'
import { loaderSuite } from '@qarion/testkit'
import { it } from 'vitest'

const quote = (text: string | null): string => {
  if (text === null) return ''
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

loaderSuite(
  it,
  async ({ projectDirectory, ...options }) =>
    createCsvLoader(
      {
        projectDirectory,
        signal: new AbortController().signal,
        logger: { debug: () => {}, info: () => {}, warn: () => {} },
      } as Partial<PluginHost> as PluginHost,
      options,
    ),
  {
    format: {
      extension: 'csv',
      isCompressible: true,
      write: (path, { columns, rows }) => {
        const lines = [columns, ...rows].map((cells) => cells.map(quote).join(','))
        return writeFile(path, `${lines.join('\n')}\n`)
      },
      lineOf: (index) => index + 2,
    },
  },
)
