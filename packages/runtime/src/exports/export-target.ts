import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { QarionError, type ExportNode, type QarionError as AnyError } from '@qarion/core'
import { classifyFileError, resolveProjectPath, systemCodeOf } from '@qarion/kit-files'

import type { RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import type { ExportRecord } from '../state/export-records.ts'
import { folderPrefix } from './partitions.ts'

/** A file that is written, and the name it has until it is whole. */
export interface ExportTarget {
  /** Relative to the project, as it is recorded and shown. */
  readonly path: string
  /** Absolute, links followed. */
  readonly finalPath: string
  readonly asidePath: string
}

/** Throws QRN-FILE-001 where the path leaves the project, also through a link. */
export async function resolveTarget(
  flow: RunnableFlow,
  environment: string,
  path: string,
): Promise<ExportTarget> {
  const finalPath = await realPath(flow, path)
  const name = `${asidePrefix(flow, environment)}${shortHash(basename(finalPath))}.export`
  return { path, finalPath, asidePath: join(dirname(finalPath), name) }
}

/** Two environments may write to one folder at the same time: each has names of its own. */
function asidePrefix(flow: RunnableFlow, environment: string): string {
  return `.qarion-${shortHash(`${environment}/${flow.definition.id}`)}-`
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function realPath({ export: surroundings }: RunnableFlow, path: string): Promise<string> {
  return resolveProjectPath(
    surroundings?.projectDirectory ?? '.',
    path,
    surroundings?.allowedPaths ?? [],
  )
}

/**
 * Refuses a target that must not be written: a folder, the file of another batch, or a file that this flow did not write
 * unless the definition lets it be replaced. Gives the hash of the flow's own file that is there.
 */
export async function checkTarget(
  node: ExportNode,
  batch: number,
  { path, finalPath }: Pick<ExportTarget, 'path' | 'finalPath'>,
  records: readonly ExportRecord[],
): Promise<string | undefined> {
  const known = records.filter((record) => record.path === path)
  const other = known.find((record) => record.batch !== batch && record.state === 'done')
  if (other !== undefined && node.scope === 'batch' && node.batch === undefined) {
    throw runtimeError(
      'QRN-EXPORT-002',
      'guard',
      `batch ${batch} would be written to "${path}", which holds batch ${other.batch}`,
      { data: { path, batch, otherBatch: other.batch } },
    )
  }
  const found = await statFile(finalPath, path)
  if (found === undefined) return undefined
  if (found.isDirectory()) throw classifyFileError({ code: 'EISDIR' }, path)
  const same = known.find((record) => isUntouched(record, found))
  if (same !== undefined) return same.contentHash
  const hash = await hashFile(finalPath, path)
  if (known.some((record) => record.contentHash === hash || record.replacedHash === hash))
    return hash
  if (node.onExisting === 'replace') return undefined
  throw runtimeError(
    'QRN-EXPORT-001',
    'guard',
    known.length === 0
      ? `"${path}" is there and was not written by this flow`
      : `"${path}" was changed after this flow wrote it`,
    { place: { file: path }, data: { path, batch } },
  )
}

/** Whether a recorded file is there as it was written: by size and modification time, then by hash. */
export async function isAsRecorded(flow: RunnableFlow, record: ExportRecord): Promise<boolean> {
  return (await asRecorded(await realPath(flow, record.path), record)) !== undefined
}

/** The path if the file there is the recorded one. */
export async function asRecorded(
  finalPath: string,
  record: ExportRecord,
): Promise<string | undefined> {
  const found = await statFile(finalPath, record.path)
  if (found === undefined || found.isDirectory() || found.size !== record.sizeBytes)
    return undefined
  const isSame =
    isUntouched(record, found) || (await hashFile(finalPath, record.path)) === record.contentHash
  return isSame ? finalPath : undefined
}

function isUntouched(
  record: ExportRecord,
  found: { readonly size: number; readonly mtimeMs: number },
): boolean {
  // Stored to the microsecond, which not every file system's time is.
  return (
    record.state === 'done' &&
    found.size === record.sizeBytes &&
    Math.abs(found.mtimeMs - record.modifiedAtMs) < 0.001
  )
}

/** `undefined` where nothing is there. */
export async function statFile(
  path: string,
  shown: string,
): Promise<
  | (Awaited<ReturnType<typeof stat>> & { readonly size: number; readonly mtimeMs: number })
  | undefined
> {
  try {
    return await stat(path)
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return undefined
    throw classifyFileError(cause, shown)
  }
}

async function hashFile(path: string, shown: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (cause) {
    throw classifyFileError(cause, shown)
  }
  return hash.digest('hex')
}

/** Removes what killed runs of this flow left in a folder and, for partitions, in the folders named by their columns. */
export async function removeLeftovers(
  flow: RunnableFlow,
  environment: string,
  directory: string,
  partitionBy: readonly string[],
): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const prefix = asidePrefix(flow, environment)
  const [column, ...rest] = partitionBy
  for (const entry of entries) {
    const path = join(directory, entry.name)
    // The exporter's own name for what it writes has one more point.
    const isLeftover = entry.name.startsWith(prefix) || entry.name.startsWith(`.${prefix}`)
    if (isLeftover && entry.isFile()) await rm(path, { force: true })
    else if (
      column !== undefined &&
      entry.isDirectory() &&
      entry.name.startsWith(folderPrefix(column))
    )
      await removeLeftovers(flow, environment, path, rest)
  }
}

/** The error with the name that users know in the place of the one that the file has until it is whole. */
export function withShownPath(error: AnyError, { asidePath, path }: ExportTarget): AnyError {
  const { code, reason, message, hint, place, origin, data, problems } = error
  return new QarionError(code, reason, message.replaceAll(asidePath, path), {
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined
      ? {}
      : { place: place.file === asidePath ? { ...place, file: path } : place }),
    cause: error.cause,
    origin,
    data,
    problems,
  })
}
