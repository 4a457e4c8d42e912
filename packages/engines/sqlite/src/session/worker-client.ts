import { Worker } from 'node:worker_threads'

import { classifySqliteError, sqliteError } from '../sqlite-errors.ts'
import type { Calls, CallName, Response, WorkerSettings } from '../worker/protocol.ts'

/** The database thread as seen from the host's. */
export interface WorkerClient {
  /** Asks the worker; rejects with a QarionError. Calls are answered in the order in which they were made. */
  call<Name extends CallName>(name: Name, ask: Calls[Name]['ask']): Promise<Calls[Name]['answer']>
  /** Ends the thread; what it has not committed is undone. */
  terminate(): Promise<void>
}

interface Pending {
  resolve(answer: unknown): void
  reject(error: unknown): void
}

// Sources run under Node as they are, and so does what is built from them.
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../worker/worker.ts' : '../worker/worker.js',
  import.meta.url,
)

/** Starts a database thread. It keeps the process alive only while a call waits for its answer. */
export function startWorker(settings: WorkerSettings): WorkerClient {
  const worker = new Worker(WORKER, { workerData: settings, name: 'qarion-sqlite' })
  const pending = new Map<number, Pending>()
  let nextId = 0
  let failure: Error | undefined
  const failAll = (cause?: Error): void => {
    failure ??= sqliteError('QRN-SQLITE-009', settings.path, cause)
    for (const { reject } of pending.values()) reject(failure)
    pending.clear()
  }
  worker.unref()
  worker.on('message', (response: Response) => {
    const waiting = pending.get(response.id)
    pending.delete(response.id)
    if (pending.size === 0) worker.unref()
    if ('error' in response) waiting?.reject(classifySqliteError(response.error, settings.path))
    else waiting?.resolve(response.answer)
  })
  worker.on('error', failAll)
  worker.on('exit', () => failAll())
  return {
    call: (name, ask) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure)
          return
        }
        nextId += 1
        pending.set(nextId, { resolve: resolve as Pending['resolve'], reject })
        worker.ref()
        worker.postMessage({ id: nextId, name, ask })
      }),
    terminate: async () => {
      await worker.terminate()
    },
  }
}
