import { Worker } from 'node:worker_threads'

import { WORKER } from '../worker-file.ts'

const YOUNG_GENERATION_MB = 8
const MAX_IDLE = 2
const IDLE_MS = 5000

/** Threads without a database. Starting one costs a tenth of a second, more than most reads take. */
const idle = new Map<Worker, NodeJS.Timeout>()

/** A thread without a database, kept or new. It does not keep the process alive. */
export function takeThread(): Worker {
  const [kept] = idle
  if (kept === undefined) return startThread()
  const [worker, timer] = kept
  clearTimeout(timer)
  idle.delete(worker)
  stopListening(worker)
  return worker
}

/** Keeps a thread whose database is closed for a while, for whoever needs one next. */
export function giveBack(worker: Worker): void {
  stopListening(worker)
  if (idle.size >= MAX_IDLE) {
    void worker.terminate()
    return
  }
  const drop = (): void => {
    clearTimeout(idle.get(worker))
    idle.delete(worker)
  }
  worker.on('exit', drop)
  worker.on('error', drop)
  const timer = setTimeout(() => {
    drop()
    void worker.terminate()
  }, IDLE_MS)
  timer.unref()
  idle.set(worker, timer)
}

/** Only ours: a worker has listeners of its own, without which messages no longer arrive. */
function stopListening(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event)
}

function startThread(): Worker {
  const worker = new Worker(WORKER, {
    name: 'qarion-sqlite',
    // Batches come and go: a large young generation would hold a hundred megabytes of dead ones.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  })
  worker.unref()
  return worker
}
