import { AssertionError, deepStrictEqual } from 'node:assert'

import {
  isQarionError,
  type ErrorCode,
  type ErrorReason,
  type QarionError,
  type Row,
  type Value,
} from '@qarion/core'

/** Throws unless the rows are equal, in order. −0 is not 0, and bytes are compared as bytes. */
export function expectRows(
  actual: readonly Row[],
  expected: readonly Row[],
  message?: string,
): void {
  deepStrictEqual(actual.map(plainRow), expected.map(plainRow), message)
}

/** Awaits a failure with this code or reason and gives it back. */
export async function expectError(
  call: () => unknown,
  expected: { readonly reason?: ErrorReason; readonly code?: ErrorCode } = {},
): Promise<QarionError> {
  let thrown: unknown
  try {
    await call()
  } catch (error) {
    thrown = error
  }
  if (!isQarionError(thrown)) {
    const what =
      thrown === undefined
        ? 'nothing was thrown'
        : `this was thrown: ${thrown instanceof Error ? thrown.stack : JSON.stringify(thrown)}`
    throw new AssertionError({
      message: `A QarionError was expected (${JSON.stringify(expected)}), but ${what}`,
      actual: thrown,
      expected,
    })
  }
  for (const key of ['reason', 'code'] as const) {
    if (expected[key] === undefined || expected[key] === thrown[key]) continue
    throw new AssertionError({
      message: `An error with ${key} ${expected[key]} was expected, not ${thrown[key]}: ${thrown.message}`,
      actual: thrown,
      expected,
    })
  }
  return thrown
}

/** A driver may give a subclass of Uint8Array, such as Buffer: what counts is the bytes. */
function plainRow(row: Row): readonly (Value | null)[] {
  return row.map((value) => (ArrayBuffer.isView(value) ? Uint8Array.from(value) : value))
}
