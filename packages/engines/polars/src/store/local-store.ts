import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { MAX_DECIMAL_PRECISION } from '@qarion/core'
import { classifyFileError, systemCodeOf, writeFileAtomically } from '@qarion/kit-files'

import { dtypeOf, isWide } from '../frame/dtypes.ts'
import { collect, withColumns } from '../frame/frames.ts'
import { cast, columnNode, type Dtype, type NamedNode } from '../frame/node.ts'
import { classifyPolarsError, polarsError } from '../polars-errors.ts'
import type { Polars, SinkOptions } from '../polars.ts'
import type { TypedColumn } from '../values/encode.ts'
import { parseManifest, serializeManifest, type Manifest } from './manifest.ts'
import { EMPTY_STATE, type Part, type StoreState, type TableStore } from './table-store.ts'

/** Where a storage folder has what. */
export interface StoragePaths {
  readonly manifest: string
  readonly parts: string
  readonly lock: string
}

export function storagePaths(directory: string): StoragePaths {
  return {
    manifest: join(directory, 'manifest.json'),
    parts: join(directory, 'parts'),
    lock: join(directory, 'writer.lock'),
  }
}

const SINK_OPTIONS: SinkOptions = Object.freeze({
  compression: 'lz4',
  statistics: true,
  syncOnClose: 'all',
  maintainOrder: true,
  mkdir: false,
})

/** Files that the store made, and may remove. */
const PART_FILE = /^[a-z0-9_]+\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.parquet$/

/**
 * Parts are Parquet files; the manifest names those that count, and replacing it is the commit. A file that neither
 * the manifest nor the one before it names is removed by the next writer.
 */
export function createLocalStore(directory: string, polars: Polars): TableStore {
  const paths = storagePaths(directory)
  const pathOf = ({ id }: Part): string => join(paths.parts, id)
  const readManifest = async (): Promise<Manifest> => {
    try {
      return parseManifest(await readFile(paths.manifest, 'utf8'), paths.manifest)
    } catch (thrown) {
      if (systemCodeOf(thrown) === 'ENOENT') return { state: EMPTY_STATE, previousParts: [] }
      throw classifyFileError(thrown, paths.manifest)
    }
  }
  const removeOthers = async (named: ReadonlySet<string>): Promise<void> => {
    const names = await readdir(paths.parts).catch(() => [])
    for (const name of names) {
      // What cannot be removed now will be after the next commit.
      if (PART_FILE.test(name) && !named.has(name))
        await rm(join(paths.parts, name), { force: true }).catch(() => undefined)
    }
  }
  const publish = async (next: StoreState, keepsPrevious: boolean): Promise<void> => {
    const { state } = await readManifest()
    const parts = partNames(next)
    const previousParts = keepsPrevious ? partNames(state).filter((id) => !parts.includes(id)) : []
    await syncDirectory(paths.parts)
    await writeFileAtomically(paths.manifest, [serializeManifest({ state: next, previousParts })])
    await removeOthers(new Set([...parts, ...previousParts]))
  }
  return {
    read: async () => (await readManifest()).state,
    writePart: async (table, rows, columns) => {
      const part = `${slugOf(table)}.${randomUUID()}.parquet`
      const path = join(paths.parts, part)
      try {
        await mkdir(paths.parts, { recursive: true })
        const stored = withColumns(polars, rows.lazy(), columns.filter(isWideColumn).map(toDecimal))
        await collect(stored.sinkParquet(path, SINK_OPTIONS))
        const { size } = await stat(path)
        return {
          id: part,
          rowCount: rows.height,
          sizeBytes: size,
          columns: columns.map(({ name }) => name),
        }
      } catch (thrown) {
        await rm(path, { force: true }).catch(() => undefined)
        throw systemCodeOf(thrown) === ''
          ? classifyPolarsError(thrown)
          : classifyFileError(thrown, path)
      }
    },
    scan: (part, columns) => {
      const frame = polars.scanParquet(pathOf(part))
      const wide = columns.filter(isWideColumn).filter(({ name }) => part.columns.includes(name))
      return withColumns(polars, frame, wide.map(fromDecimal))
    },
    publish: (state) => publish(state, true),
    discard: async (parts) => {
      for (const part of parts) await rm(pathOf(part), { force: true }).catch(() => undefined)
    },
    clean: async () => {
      const { state, previousParts } = await readManifest()
      if (previousParts.length > 0) await publish(state, false)
    },
  }
}

/** Polars writes 128-bit integers to Parquet and does not read their statistics; decimals have what it needs. */
const DECIMAL: Dtype = Object.freeze({ Decimal: [MAX_DECIMAL_PRECISION, 0] as const })

function isWideColumn({ type }: TypedColumn): boolean {
  return isWide(type)
}

function toDecimal({ name }: TypedColumn): NamedNode {
  return { name, node: cast(columnNode(name), DECIMAL) }
}

function fromDecimal({ name, type }: TypedColumn): NamedNode {
  return { name, node: cast(columnNode(name), dtypeOf(type)) }
}

function partNames({ tables }: StoreState): readonly string[] {
  return [...tables.values()].flatMap(({ parts }) => parts.map(({ id }) => id))
}

/** The table's name as far as every file system takes it: for people, the rest of the file's name is unique. */
function slugOf(table: string): string {
  return table
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '_')
    .slice(0, 63)
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open folders and needs no sync of them.
  if (process.platform === 'win32') return
  const folder = await open(directory).catch((thrown: unknown) => {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined
    throw classifyFileError(thrown, directory)
  })
  if (folder === undefined) return
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Throws QRN-POLARS-009, naming the file, where a part is gone or has another size than it was written with. */
export async function verifyParts(directory: string, parts: readonly Part[]): Promise<void> {
  const paths = storagePaths(directory)
  for (const part of parts) {
    const path = join(paths.parts, part.id)
    const found = await stat(path).catch(() => undefined)
    if (found?.size === part.sizeBytes) continue
    const what =
      found === undefined ? 'is gone' : `has ${found.size} bytes instead of ${part.sizeBytes}`
    throw polarsError('QRN-POLARS-009', `The file ${path} ${what}.`)
  }
}
