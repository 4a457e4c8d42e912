import type { ColumnBatch } from '@qarion/core'

import type { CopyDecoder } from '../values/decode.ts'
import type { PostgresConnection } from './connection.ts'
import { wireOf, type CopyStatement } from './driver.ts'

/** Batches that wait for their reader before the server is made to wait. */
const BATCHES_AHEAD = 2

/** The rows of a COPY … TO STDOUT on their way. */
export interface CopyOut {
  /** The next batch, or `undefined` at the end. */
  next(): Promise<ColumnBatch | undefined>
  /** Whether the server has sent everything and the connection is free. */
  isEnded(): boolean
  /** Lets the reader fail with this. */
  fail(error: unknown): void
}

/** Starts a COPY … TO STDOUT in binary form. */
export function startCopyOut(
  { client }: PostgresConnection,
  sql: string,
  decoder: CopyDecoder,
): CopyOut {
  const wire = wireOf(client)
  const ready: ColumnBatch[] = []
  let failure: { readonly error: unknown } | undefined
  let isEnded = false
  let wake: (() => void) | undefined
  const fail = (error: unknown): void => {
    failure ??= { error }
    wake?.()
  }
  const take = (batch: ColumnBatch | undefined): void => {
    if (batch === undefined) return
    ready.push(batch)
    wake?.()
    if (ready.length >= BATCHES_AHEAD) wire.stream.pause()
  }
  const statement: CopyStatement = {
    submit: () => wire.query(sql),
    handleCopyData: ({ chunk }) => {
      if (failure !== undefined) return
      try {
        for (const batch of decoder.push(chunk)) take(batch)
      } catch (thrown) {
        fail(thrown)
      }
    },
    handleCommandComplete: () => take(decoder.finish()),
    handleReadyForQuery: () => {
      isEnded = true
      wake?.()
    },
    handleError: (error) => {
      isEnded = true
      fail(error)
    },
  }
  client.query(statement)
  return {
    next: async () => {
      for (;;) {
        if (failure !== undefined) throw failure.error
        const batch = ready.shift()
        if (ready.length < BATCHES_AHEAD) wire.stream.resume()
        if (batch !== undefined) return batch
        if (isEnded) return undefined
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    isEnded: () => isEnded,
    fail,
  }
}
