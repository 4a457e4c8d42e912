import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import {
  rowsOf,
  type DataType,
  type FileScan,
  type InputColumn,
  type InputFile,
  type Loader,
  type RejectedRow,
  type Row,
} from '@qarion/core'

import type { LoaderFormat, LoaderRequest, MakeLoader, TextTable } from './loader-subject.ts'

/** One case's folder, with what most cases do in one line. */
export interface LoaderTrial {
  readonly directory: string
  readonly format: LoaderFormat
  /** A loader of `data/`, unless told otherwise. */
  loader(request?: Partial<LoaderRequest>): Promise<Loader>
  /** Writes a file of the format and gives its path; the name is without ending. */
  write(name: string, table: TextTable): Promise<string>
  /** Discovers the one file there is, scans and reads it. */
  readOne(columns: readonly InputColumn[], request?: Partial<LoaderRequest>): Promise<ReadResult>
  /** Discovers the one file there is. */
  onlyFile(loader: Loader): Promise<InputFile>
}

export interface ReadResult {
  readonly scan: FileScan
  readonly rows: readonly Row[]
  readonly lines: readonly number[]
  readonly rejects: readonly RejectedRow[]
  /** Rows of each batch. */
  readonly batches: readonly number[]
}

export const NO_SIGNAL: AbortSignal = new AbortController().signal

/** An input column; required only where told. */
export function inputColumn(
  name: string,
  type: DataType,
  more: Partial<Omit<InputColumn, 'name' | 'type'>> = {},
): InputColumn {
  return { name, type, required: false, ...more }
}

export async function readScan(loader: Loader, scan: FileScan): Promise<ReadResult> {
  const rows: Row[] = []
  const lines: number[] = []
  const rejects: RejectedRow[] = []
  const batches: number[] = []
  for await (const loaded of loader.read(scan, NO_SIGNAL)) {
    if (loaded.lines.length !== loaded.batch.rowCount)
      throw new Error('A batch has not one line per row.')
    if (loaded.batch.columns.length !== scan.columns.length)
      throw new Error('A batch has other columns than its scan.')
    rows.push(...rowsOf(loaded.batch))
    lines.push(...loaded.lines)
    rejects.push(...loaded.rejects)
    batches.push(loaded.batch.rowCount)
  }
  return { scan, rows, lines, rejects, batches }
}

export function createLoaderTrial(
  directory: string,
  makeLoader: MakeLoader,
  format: LoaderFormat,
): LoaderTrial {
  const loader: LoaderTrial['loader'] = (request = {}) =>
    makeLoader({
      projectDirectory: directory,
      sourcePath: 'data',
      filePattern: `*.${format.extension}`,
      ...request,
    })
  return {
    directory,
    format,
    loader,
    onlyFile,
    write: async (name, table) => {
      const path = join(directory, 'data', `${name}.${format.extension}`)
      await mkdir(dirname(path), { recursive: true })
      await format.write(path, table)
      return path
    },
    readOne: async (columns, request) => {
      const made = await loader(request)
      return readScan(made, await made.scan(await onlyFile(made), columns, NO_SIGNAL))
    },
  }
}

async function onlyFile(loader: Loader): Promise<InputFile> {
  const files = await loader.discover()
  const [file] = files
  if (file === undefined || files.length > 1)
    throw new Error(`${files.length} files were found, not one.`)
  return file
}
