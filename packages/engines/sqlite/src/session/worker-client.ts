import { Worker } from 'node:worker_threads'

import { classifySqliteError, sqliteError } from '../sqlite-errors.ts'
import type { Calls, CallName, Response, WorkerSettings } from '../worker/protocol.ts'

/** The database thread as seen from the host's. */
export interface WorkerClient {
  /** Asks the worker; rejects with a QarionError. An abort ends what runs as soon as it calls a function of ours. Calls are answered in the order in which they were made. */
  call<Name extends CallName>(
    name: Name,
    ask: Calls[Name]['ask'],
    signal?: AbortSignal,
  ): Promise<Calls[Name]['answer']>
  /** Ends the thread; what it has not committed is undone. */
  terminate(): Promise<void>
}

interface Pending {
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

// Sources run under Node as they are, and so does what is built from them.
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../worker/worker.ts' : '../worker/worker.js',
  import.meta.url,
)

const YOUNG_GENERATION_MB = 8

/** Starts a database thread. It keeps the process alive only while a call waits for its answer. */
export function startWorker(settings: Omit<WorkerSettings, 'cancelled'>): WorkerClient {
  const cancelled = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(WORKER, {
    workerData: { ...settings, cancelled } satisfies WorkerSettings,
    name: 'qarion-sqlite',
    // Batches come and go: a large young generation would hold a hundred megabytes of dead ones.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  })
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
    else waiting?.resolve(response.answer as never)
  })
  worker.on('error', failAll)
  worker.on('exit', () => failAll())
  const ask = (name: CallName, what: unknown): Promise<never> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure)
        return
      }
      nextId += 1
      pending.set(nextId, { resolve, reject })
      worker.ref()
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage({ id: nextId, name, ask: what })
    })
  const cancel = (): void => {
    Atomics.store(cancelled, 0, 1)
  }
  return {
    call: async (name, what, signal) => {
      signal?.addEventListener('abort', cancel)
      try {
        return await ask(name, what)
      } finally {
        signal?.removeEventListener('abort', cancel)
        if (signal?.aborted === true) Atomics.store(cancelled, 0, 0)
      }
    },
    terminate: async () => {
      await worker.terminate()
    },
  }
}
