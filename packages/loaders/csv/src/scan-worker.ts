/** Runs a structural scan off the main thread, of a file that is not compressed. */
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

import { isQarionError } from '@qarion/core'

import {
  createStructureScan,
  type CsvStructure,
  type StructureScanOptions,
} from './scan-structure.ts'

export interface ScanWorkerData extends StructureScanOptions {
  readonly path: string
}

/** Errors cross as data: class and prototype would not. */
export type ScanWorkerReply =
  | { readonly structure: CsvStructure }
  | {
      readonly qarionError: Readonly<
        Record<'code' | 'reason' | 'message' | 'hint' | 'place', unknown>
      >
    }
  | { readonly systemError: { readonly code: unknown; readonly message: string } }

const CHUNK_BYTES = 1 << 20

function scan(options: ScanWorkerData): CsvStructure {
  const structure = createStructureScan(options)
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  const file = openSync(options.path, 'r')
  try {
    for (;;) {
      const length = readSync(file, buffer)
      if (length === 0) return structure.finish()
      structure.push(buffer.subarray(0, length))
    }
  } finally {
    closeSync(file)
  }
}

function reply(): ScanWorkerReply {
  try {
    return { structure: scan(workerData as ScanWorkerData) }
  } catch (cause) {
    if (isQarionError(cause)) {
      const { code, reason, message, hint, place } = cause
      return { qarionError: { code, reason, message, hint, place } }
    }
    const { code, message } = cause as NodeJS.ErrnoException
    return { systemError: { code, message } }
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread has none
parentPort?.postMessage(reply())
