import { classifySqliteError, sqliteError } from '../sqlite-errors.ts'
import type { Calls, CallName, Response, WorkerSettings } from '../worker/protocol.ts'
import { giveBack, takeThread } from './threads.ts'

/** The database thread as seen from the host's. */
export interface WorkerClient {
  /** Asks the worker; rejects with a QarionError. An abort ends what runs as soon as it calls a function of ours. Calls are answered in the order in which they were made. */
  call<Name extends CallName>(
    name: Name,
    ask: Calls[Name]['ask'],
    signal?: AbortSignal,
  ): Promise<Calls[Name]['answer']>
  /** Gives the thread back for the next database; only after `close` was answered. */
  release(): void
  /** Ends the thread; what it has not committed is undone. */
  terminate(): Promise<void>
}

interface Pending {
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

/** Opens a database on a thread. The thread keeps the process alive only while a call waits for its answer. */
export function startWorker(settings: Omit<WorkerSettings, 'cancelled'>): WorkerClient {
  const cancelled = new Int32Array(new SharedArrayBuffer(4))
  const worker = takeThread()
  const pending = new Map<number, Pending>()
  let nextId = 0
  let failure: Error | undefined
  const failAll = (cause?: Error): void => {
    failure ??= sqliteError('QRN-SQLITE-009', settings.path, cause)
    for (const { reject } of pending.values()) reject(failure)
    pending.clear()
  }
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
  // Never fails, and is answered before the first call that may.
  void ask('open', { ...settings, cancelled } satisfies WorkerSettings).catch(() => undefined)
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
    release: () => {
      failAll()
      giveBack(worker)
    },
    terminate: async () => {
      await worker.terminate()
    },
  }
}
