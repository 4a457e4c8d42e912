import { parentPort } from 'node:worker_threads'

import { openHandlers, type Handlers } from './database.ts'
import type { CallName, Calls, Request, Response, WorkerError, WorkerSettings } from './protocol.ts'

let settings: WorkerSettings | undefined
let handlers: Handlers | undefined

parentPort?.on('message', (request: Request) => {
  const response = answer(request)
  parentPort?.postMessage(response, buffersOf(response))
})

function answer(request: Request): Response {
  const { id } = request
  try {
    if (request.name === 'open') {
      settings = request.ask
      return { id, answer: null }
    }
    handlers ??= openHandlers(settings as WorkerSettings)
    const handler = handlers[request.name] as (ask: unknown) => Calls[CallName]['answer']
    return { id, answer: handler(request.ask) }
  } catch (thrown) {
    return { id, error: toWorkerError(thrown) }
  } finally {
    if (request.name === 'close') handlers = undefined
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
