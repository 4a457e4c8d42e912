import { writeFile } from 'node:fs/promises'

import { createParquetLoader } from '@qarion/loader-parquet'
import { loaderSuite, type Gap, type LoaderCaseName } from '@qarion/testkit'
import { it } from 'vitest'

import { ELEMENTS, parquetBytes } from './support.ts'

/** Cases whose cells are texts that have to be read as another type: Parquet has types of its own. */
const TEXT_CASES: readonly LoaderCaseName[] = [
  'read/every type by its text form',
  'reject/a bad value, with line, column, text and raw row',
  'reject/every problem of a row at once',
  'reject/NULL in a required column',
  'reject/rows far into a file keep their lines',
  'reject/all rows',
  'reject/a long row is cut',
]

const gaps = TEXT_CASES.map((name): Gap<LoaderCaseName> => ({
  case: name,
  kind: 'never',
  reason: 'a text in the file is no number and no date',
  code: 'QRN-PARQUET-007',
}))

loaderSuite(
  it,
  async ({ projectDirectory, ...options }) => createParquetLoader({ projectDirectory }, options),
  {
    format: {
      extension: 'parquet',
      write: (path, { columns, rows }) => {
        const all = [...rows]
        const stored = columns.map((name, index) => {
          const cells = all.map((row) => row[index] ?? null)
          const isText =
            cells.length === 0
              ? name !== 'id'
              : cells.some((cell) => cell !== null && !/^-?\d{1,18}$/.test(cell))
          // Digits are stored as the integers that they are.
          return isText
            ? { element: ELEMENTS.string(name), data: cells }
            : {
                element: ELEMENTS.int64(name),
                data: cells.map((cell) => (cell === null ? null : BigInt(cell))),
              }
        })
        return writeFile(path, parquetBytes(stored, { rowGroupSize: 20_000 }))
      },
      lineOf: (index) => index + 1,
    },
    gaps,
  },
)
