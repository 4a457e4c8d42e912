import { isQarionError, printCloudEvent, type Publisher } from '@qarion/core'
import { classifyFileError } from '@qarion/kit-files'

import { ndjsonError } from './ndjson-errors.ts'
import { openLog, type EventLog } from './open-log.ts'

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Events at the same time; those that wait while one write is synced go into the next together. */
const CONCURRENCY = 256

/**
 * Appends events to a file, a line of JSON each. An event is taken once it is on the disk; one that is among the last of
 * the file already is not written again.
 */
export function createNdjsonPublisher({ path }: { readonly path: string }): Publisher {
  let opening: Promise<EventLog> | undefined
  let sizeBytes = 0
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let isClosed = false
  const known = new Set<string>()
  const log = (): Promise<EventLog> => {
    opening ??= openLog(path).then((opened) => {
      sizeBytes = opened.sizeBytes
      for (const id of opened.ids) known.add(id)
      return opened
    })
    return opening
  }
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        const { file } = await log()
        const bytes = Buffer.from(group.map(({ line }) => `${line}\n`).join(''))
        try {
          for (let written = 0; written < bytes.length;)
            written += (
              await file.write(bytes, written, bytes.length - written, sizeBytes + written)
            ).bytesWritten
          await file.datasync()
        } catch (thrown) {
          // What is written in part must not stay before the next line.
          await file.truncate(sizeBytes).catch(() => undefined)
          throw thrown
        }
        sizeBytes += bytes.length
        for (const { resolve } of group) resolve()
      } catch (thrown) {
        const error = isQarionError(thrown) ? thrown : classifyFileError(thrown, path)
        for (const { reject } of group) reject(error)
      }
    }
    writing = undefined
  }
  return {
    concurrency: CONCURRENCY,
    async publish(event, signal) {
      if (signal.aborted || isClosed)
        throw ndjsonError('QRN-NDJSON-002', 'interrupted', 'the event was not written')
      await log().catch((thrown: unknown) => {
        opening = undefined
        throw isQarionError(thrown) ? thrown : classifyFileError(thrown, path)
      })
      if (known.has(event.id)) return
      await new Promise<void>((resolve, reject) => {
        waiting.push({ line: printCloudEvent(event), resolve, reject })
        writing ??= writeAll()
      })
      known.add(event.id)
    },
    async close() {
      isClosed = true
      await writing
      const opened = await opening?.catch(() => undefined)
      await opened?.file.close()
    },
  }
}
