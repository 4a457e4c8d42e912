import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'

import {
  QarionError,
  type ErrorCode,
  type ErrorReason,
  type InputFile,
  type Place,
} from '@qarion/core'
import { classifyFileError, isCompressed, readChunks } from '@qarion/kit-files'

import {
  createStructureScan,
  type CsvStructure,
  type StructureScanOptions,
} from './scan-structure.ts'
import type { ScanWorkerData, ScanWorkerReply } from './scan-worker.ts'

/** Below, starting a thread takes longer than the scan. */
const WORKER_FROM_BYTES = 1 << 20

export interface ScannedFile {
  readonly structure: CsvStructure
  readonly contentHash: string
}

/**
 * Hash and structure of a file. A large one is scanned in a worker while this thread hashes, each reading it for
 * itself: the second reader is served from the system's cache.
 */
export async function scanFile(
  file: InputFile,
  options: StructureScanOptions,
  signal: AbortSignal,
): Promise<ScannedFile> {
  const { compression } = options.dialect
  if (isCompressed(file.path, compression)) {
    const [contentHash, structure] = await Promise.all([
      hashFile(file.path, signal),
      scanHere(file.path, options, signal),
    ])
    return { contentHash, structure }
  }
  if (file.sizeBytes < WORKER_FROM_BYTES) return scanAndHash(file.path, options, signal)
  const [contentHash, structure] = await Promise.all([
    hashFile(file.path, signal),
    scanInWorker({ ...options, path: file.path }, signal),
  ])
  return { contentHash, structure }
}

async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of readChunks(path, { signal, compression: 'none' })) hash.update(chunk)
  return hash.digest('hex')
}

async function scanHere(
  path: string,
  options: StructureScanOptions,
  signal: AbortSignal,
): Promise<CsvStructure> {
  const scan = createStructureScan(options)
  const { compression } = options.dialect
  for await (const chunk of readChunks(path, { signal, compression })) scan.push(chunk)
  return scan.finish()
}

async function scanAndHash(
  path: string,
  options: StructureScanOptions,
  signal: AbortSignal,
): Promise<ScannedFile> {
  const hash = createHash('sha256')
  const scan = createStructureScan(options)
  for await (const chunk of readChunks(path, { signal, compression: 'none' })) {
    hash.update(chunk)
    scan.push(chunk)
  }
  return { structure: scan.finish(), contentHash: hash.digest('hex') }
}

async function scanInWorker(
  workerData: ScanWorkerData,
  signal: AbortSignal,
): Promise<CsvStructure> {
  // The file beside this one, as source or as compiled.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./scan-worker.${extension}`, import.meta.url), { workerData })
  const stop = (): void => void worker.terminate()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const reply = await new Promise<ScanWorkerReply>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(signal.reason ?? new Error('The scan ended early.')))
    })
    return structureOf(reply, workerData.path)
  } catch (cause) {
    throw classifyFileError(cause, workerData.path)
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

function structureOf(reply: ScanWorkerReply, path: string): CsvStructure {
  if ('structure' in reply) return reply.structure
  if ('systemError' in reply) throw classifyFileError(reply.systemError, path)
  const { code, reason, message, hint, place } = reply.qarionError
  throw new QarionError(code as ErrorCode, reason as ErrorReason, message as string, {
    hint: hint as string,
    place: place as Place,
  })
}
