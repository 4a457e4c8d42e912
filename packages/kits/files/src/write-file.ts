import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { classifyFileError } from './classify-file-error.ts'
import { fileError } from './files-errors.ts'

export interface WrittenFile {
  readonly sizeBytes: number
  /** SHA-256 of the bytes, hexadecimal. */
  readonly contentHash: string
}

const READ_BYTES = 1 << 20

export type FileContent = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>

/**
 * Writes a file that appears whole or not at all: aside in the same folder, which is made if it is missing, synced,
 * then renamed. Whatever fails, nothing of it stays. Texts are written as UTF-8.
 */
export async function writeFileAtomically(
  path: string,
  content: FileContent,
  options: { readonly signal?: AbortSignal } = {},
): Promise<WrittenFile> {
  return putInPlace(path, (aside) => writeAside(aside, content, options.signal), options.signal)
}

/**
 * The same for content that somebody else writes: `write` gets the path of an empty file and fills it. What it throws
 * is classified unless it is an error of ours.
 */
export async function fillFileAtomically(
  path: string,
  write: (aside: string) => Promise<void>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<WrittenFile> {
  const fill = async (aside: string): Promise<WrittenFile> => {
    await writeAside(aside, [], options.signal)
    await write(aside)
    return syncAndHash(aside)
  }
  return putInPlace(path, fill, options.signal)
}

async function putInPlace(
  path: string,
  make: (aside: string) => Promise<WrittenFile>,
  signal: AbortSignal | undefined,
): Promise<WrittenFile> {
  const directory = dirname(path)
  // The leading dot keeps it out of every pattern.
  const aside = join(directory, `.${basename(path)}.${process.pid}.${randomUUID()}.part`)
  try {
    await checkTarget(path)
    await mkdir(directory, { recursive: true })
    const written = await make(aside)
    await rename(aside, path)
    await syncDirectory(directory)
    return written
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined)
    if (signal?.aborted === true && cause === signal.reason)
      throw fileError('QRN-FILE-014', 'interrupted', `Writing ${path} was interrupted.`, { cause })
    throw classifyFileError(cause, path)
  }
}

/** Said before the work rather than after it. */
async function checkTarget(path: string): Promise<void> {
  const target = await stat(path).catch(() => undefined)
  if (target?.isDirectory() === true)
    throw fileError('QRN-FILE-004', 'file_system', `${path} is a folder, not a file.`, {
      place: { file: path },
    })
}

async function writeAside(
  aside: string,
  content: FileContent,
  signal: AbortSignal | undefined,
): Promise<WrittenFile> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const file = await open(aside, 'wx')
  // One part is on its way to the disk while the next is made.
  let writing: Promise<void> = Promise.resolve()
  try {
    signal?.throwIfAborted()
    for await (const part of content) {
      signal?.throwIfAborted()
      const bytes = typeof part === 'string' ? Buffer.from(part) : part
      hash.update(bytes)
      sizeBytes += bytes.length
      await writing
      writing = write(file, bytes)
    }
    await writing
    await file.sync()
  } finally {
    // Its error has been thrown, or another before it.
    await writing.catch(() => undefined)
    await file.close()
  }
  return { sizeBytes, contentHash: hash.digest('hex') }
}

async function syncAndHash(path: string): Promise<WrittenFile> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const file = await open(path, 'r+')
  try {
    for await (const part of file.createReadStream({
      autoClose: false,
      highWaterMark: READ_BYTES,
    })) {
      const bytes = part as Uint8Array
      hash.update(bytes)
      sizeBytes += bytes.length
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { sizeBytes, contentHash: hash.digest('hex') }
}

/** A failure that nobody awaits yet is no unhandled one: the next part or the end awaits it. */
function write(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const writing = file.writeFile(bytes)
  writing.catch(() => undefined)
  return writing
}

/** Makes what was renamed or removed in a folder last. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open folders and needs no sync of them.
  if (process.platform === 'win32') return
  const folder = await open(directory)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
