import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  DataTypes,
  isQarionError,
  rowsOf,
  type DataType,
  type FileScan,
  type InputColumn,
  type InputFile,
  type QarionError,
  type RejectedRow,
  type Row,
} from '@qarion/core'
import { createCsvLoader } from '@qarion/loader-csv'
import { onTestFinished } from 'vitest'

export const signal = new AbortController().signal

export function column(
  name: string,
  type: DataType = DataTypes.string,
  more: Partial<InputColumn> = {},
): InputColumn {
  return { name, type, required: false, ...more }
}

export interface Loaded {
  readonly scan: FileScan
  readonly rows: Row[]
  readonly lines: number[]
  readonly rejects: RejectedRow[]
}

export async function temporaryFolder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'qarion-csv-')))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Writes `content` as the file `a.csv`, or another, of a project, scans it and reads all of it. */
export async function load(
  content: string | Uint8Array,
  columns: readonly InputColumn[],
  options: Readonly<Record<string, unknown>> = {},
  { pieceBytes = 1 << 18, name = 'a.csv' } = {},
): Promise<Loaded> {
  const projectDirectory = await temporaryFolder()
  await writeFile(join(projectDirectory, name), content)
  const loader = createCsvLoader(
    { projectDirectory },
    { sourcePath: name, ...options },
    { pieceBytes },
  )
  const [file] = (await loader.discover()) as [InputFile]
  const scan = await loader.scan(file, columns, signal)
  const loaded: Loaded = { scan, rows: [], lines: [], rejects: [] }
  for await (const { batch, lines, rejects } of loader.read(scan, signal)) {
    loaded.rows.push(...rowsOf(batch))
    loaded.lines.push(...lines)
    loaded.rejects.push(...rejects)
  }
  return loaded
}

/** The QarionError that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<QarionError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (isQarionError(thrown)) return thrown
  throw new Error(`expected a QarionError, got ${String(thrown)}`)
}
