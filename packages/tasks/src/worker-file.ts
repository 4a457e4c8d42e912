/**
 * The code of the thread that a script runs in. Beside the entries of the package, so that the path holds for sources and
 * for what is built.
 */
export const WORKER: URL = new URL(
  import.meta.url.endsWith('.ts') ? './script/worker.ts' : './script/worker.js',
  import.meta.url,
)
