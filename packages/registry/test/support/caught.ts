import { isQarionError, type QarionError } from '@qarion/core'

/** The error that a call throws or rejects with; throws if there is none. */
export async function caught(call: () => unknown): Promise<QarionError> {
  try {
    await call()
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}
