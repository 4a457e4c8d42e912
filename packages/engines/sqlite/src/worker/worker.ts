import { parentPort, workerData } from 'node:worker_threads'

import { openHandlers, type Handlers } from './database.ts'
import type { Request, Response, WorkerError, WorkerSettings } from './protocol.ts'

let handlers: Handlers | undefined

parentPort?.on('message', (request: Request) => {
  const response = answer(request)
  parentPort?.postMessage(response, buffersOf(response))
  if (request.name === 'close') parentPort?.close()
})

function answer({ id, name, ask }: Request): Response {
  try {
    // Opening here makes its failure that of the first call, which somebody waits for.
    handlers ??= openHandlers(workerData as WorkerSettings)
    const handler = handlers[name] as (
      ask: unknown,
    ) => Extract<Response, { answer: unknown }>['answer']
    return { id, answer: handler(ask) }
  } catch (thrown) {
    return { id, error: toWorkerError(thrown) }
  }
}

function toWorkerError(thrown: unknown): WorkerError {
  const error = thrown as { readonly code?: unknown; readonly message?: unknown }
  return {
    code: typeof error.code === 'string' ? error.code : 'ERROR',
    message: typeof error.message === 'string' ? error.message : String(thrown),
  }
}

/** Rows leave without being copied. */
function buffersOf(response: Response): ArrayBuffer[] {
  if (!('answer' in response) || response.answer === null || typeof response.answer !== 'object')
    return []
  if (!('columns' in response.answer)) return []
  return response.answer.columns.flatMap((column) =>
    ArrayBuffer.isView(column.values)
      ? [
          column.values,
          ...('isNull' in column && column.isNull !== undefined ? [column.isNull] : []),
        ].map(({ buffer }) => buffer as ArrayBuffer)
      : [],
  )
}
