import { writeFile } from 'node:fs/promises'

import type { PluginHost } from '@qarion/core'
import { createJsonLoader } from '@qarion/loader-json'
import { loaderSuite, type TextTable } from '@qarion/testkit'
import { describe, it } from 'vitest'

/** Cells as texts, which each type reads in its text form; JSON as it is. NULL is an absent key in every other row. */
function recordOf({ columns, types }: TextTable, cells: readonly (string | null)[], row: number) {
  const members = columns.flatMap((name, index) => {
    const cell = cells[index] ?? null
    if (cell === null && row % 2 === 1) return []
    const isJson = cell !== null && types?.[index]?.kind === 'json'
    return [`${JSON.stringify(name)}: ${isJson ? cell : JSON.stringify(cell)}`]
  })
  return `{${members.join(',')}}`
}

const recordsOf = (table: TextTable): string[] =>
  [...table.rows].map((cells, row) => recordOf(table, cells, row))

const FORMATS = {
  lines: {
    extension: 'jsonl',
    textOf: (table: TextTable) =>
      recordsOf(table)
        .map((record) => `${record}\n`)
        .join(''),
    lineOf: (index: number) => index + 1,
  },
  array: {
    extension: 'json',
    textOf: (table: TextTable) => `[\n${recordsOf(table).join(',\n')}\n]\n`,
    lineOf: (index: number) => index + 2,
  },
  'array under a path': {
    extension: 'json',
    textOf: (table: TextTable) =>
      `{"meta": {"page": 1, "items": []},\n"data": {"items": [\n${recordsOf(table).join('\n,')}], "next": null}}`,
    lineOf: (index: number) => index + 3,
  },
} as const

describe.each(Object.entries(FORMATS))('%s', (name, { textOf, ...format }) => {
  loaderSuite(
    it,
    async ({ projectDirectory, ...options }) =>
      createJsonLoader({ projectDirectory } as Partial<PluginHost> as PluginHost, {
        ...options,
        ...(name === 'array under a path' ? { records_path: 'data.items' } : {}),
      }),
    {
      format: {
        ...format,
        isCompressible: true,
        write: (path, table) => writeFile(path, textOf(table)),
      },
    },
  )
})
