import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { isQarionError, type QarionError } from '@qarion/core'
import { onTestFinished } from 'vitest'

/** A folder of this test's own, links resolved, removed after it. */
export async function temporaryFolder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'qarion-files-')))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The QarionError that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<QarionError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (isQarionError(thrown)) return thrown
  throw new Error(`expected a QarionError, got ${String(thrown)}`)
}
