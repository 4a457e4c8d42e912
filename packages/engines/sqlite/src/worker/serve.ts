import { openHandlers, type Handlers } from './database.ts'
import type { CallName, Calls, Request, Response, WorkerError, WorkerSettings } from './protocol.ts'

/** Where requests come from and answers go to. */
export interface ServedPort {
  on(event: 'message', listener: (request: Request) => void): unknown
  postMessage(response: Response, transfer: readonly ArrayBuffer[]): void
}

/** Answers what comes through the port, one request after the other. */
export function serve(port: ServedPort): void {
  let settings: WorkerSettings | undefined
  let handlers: Handlers | undefined

  const answer = (request: Request): Response => {
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

  port.on('message', (request) => {
    const response = answer(request)
    port.postMessage(response, buffersOf(response))
  })
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
  if ('bytes' in response.answer) return [response.answer.bytes.buffer as ArrayBuffer]
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
