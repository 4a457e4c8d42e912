import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

import { syncDirectory } from '@qarion/kit-files'

import { ndjsonError } from './ndjson-errors.ts'

/** A file of events that ends with a whole line. */
export interface EventLog {
  readonly file: FileHandle
  readonly sizeBytes: number
  /** Ids of its last events. */
  readonly ids: ReadonlySet<string>
}

/** So much of the end is looked through for events that were written and not marked: far more than one page of them. */
const TAIL_BYTES = 16 * 1024 * 1024
const NEWLINE = 0x0a

/** Opens a file of events for appending. A line that a crash has cut off is removed; one that only lacks its end gets it. */
export async function openLog(path: string): Promise<EventLog> {
  await mkdir(dirname(path), { recursive: true })
  const file = await openOrCreate(path)
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - TAIL_BYTES)
    const tail = Buffer.alloc(size - start)
    await readFully(file, tail, start)
    const end = tail.lastIndexOf(NEWLINE) + 1
    const rest = tail.subarray(end).toString('utf8')
    const isWhole = rest !== '' && idOf(rest) !== undefined
    if (end === 0 && start > 0) throw notEvents(path)
    // Cut off is what begins as one of our lines does; anything else is somebody's text.
    if (rest !== '' && !isWhole && !rest.startsWith('{"')) {
      if (!'{"'.startsWith(rest)) throw notEvents(path)
    }
    const lines = tail
      .subarray(0, end)
      .toString('utf8')
      .split('\n')
      .slice(start === 0 ? 0 : 1, -1)
    const ids = new Set(
      lines.map((line) => {
        const id = idOf(line)
        if (id === undefined) throw notEvents(path)
        return id
      }),
    )
    if (isWhole) {
      ids.add(idOf(rest) ?? '')
      await file.write('\n', size)
      await file.sync()
      return { file, sizeBytes: size + 1, ids }
    }
    if (rest !== '') {
      await file.truncate(start + end)
      await file.sync()
    }
    return { file, sizeBytes: start + end, ids }
  } catch (thrown) {
    await file.close()
    throw thrown
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
    const file = await open(path, 'wx+')
    await syncDirectory(dirname(path))
    return file
  }
}

async function readFully(file: FileHandle, buffer: Buffer, position: number): Promise<void> {
  for (let read = 0; read < buffer.length;) {
    const { bytesRead } = await file.read(buffer, read, buffer.length - read, position + read)
    if (bytesRead === 0) return
    read += bytesRead
  }
}

function idOf(line: string): string | undefined {
  try {
    const { id } = JSON.parse(line) as { readonly id?: unknown }
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}

function notEvents(path: string): Error {
  return ndjsonError('QRN-NDJSON-001', 'configuration', `${path} is not a file of events`, {
    place: { file: path },
  })
}
