/**
 * The code of threads. Beside the entries of the package, so that the path holds for sources and for what is built; Node
 * runs both as they are.
 */
export const WORKER: URL = new URL(
  import.meta.url.endsWith('.ts') ? './worker/worker.ts' : './worker/worker.js',
  import.meta.url,
)
