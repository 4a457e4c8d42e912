import { once } from 'node:events'

import type { PostgresConnection } from './connection.ts'
import { rowsOfTag, wireOf, type CopyStatement } from './driver.ts'

/**
 * Runs a COPY … FROM STDIN; resolves to its number of rows. `frames` are whole CopyData messages, asked for only as
 * fast as the server takes them. Where they fail, the COPY fails, and the connection is in order again.
 */
export async function copyIn(
  { client }: PostgresConnection,
  sql: string,
  frames: AsyncIterable<Buffer>,
): Promise<number> {
  const wire = wireOf(client)
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<number>()
  const failed = new AbortController()
  let rows = 0
  const statement: CopyStatement = {
    submit: () => wire.query(sql),
    handleCopyInResponse: () => started.resolve(),
    handleCommandComplete: ({ text }) => {
      rows = rowsOfTag(text)
    },
    handleReadyForQuery: () => ended.resolve(rows),
    handleError: (error) => {
      failed.abort(error)
      started.reject(error)
      ended.reject(error)
    },
  }
  // Asked for later than it may fail.
  ended.promise.catch(() => {})
  client.query(statement)
  await started.promise
  try {
    for await (const frame of frames) {
      failed.signal.throwIfAborted()
      if (!wire.stream.write(frame)) await once(wire.stream, 'drain', { signal: failed.signal })
    }
  } catch (thrown) {
    if (failed.signal.aborted) throw failed.signal.reason
    wire.sendCopyFail('the source failed')
    await ended.promise.catch(() => {})
    throw thrown
  }
  wire.endCopyFrom()
  return ended.promise
}
