import { executionError } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import { classifyPolarsError, POLARS_ERRORS, polarsError } from '../src/index.ts'

/** An error as the driver throws it. */
function driverError(message: string): Error {
  return Object.assign(new Error(message), { code: 'GenericFailure' })
}

describe('what Polars throws', () => {
  it.each([
    ['No space left on device (os error 28)', 'QRN-POLARS-011', 'resource'],
    ['File too large (os error 27)', 'QRN-POLARS-011', 'resource'],
    ['Permission denied (os error 13)', 'QRN-POLARS-010', 'file_system'],
    ['No such file or directory (os error 2): x.parquet', 'QRN-POLARS-009', 'corrupt'],
    [
      'parquet: File out of specification: The file must end with PAR1',
      'QRN-POLARS-009',
      'corrupt',
    ],
    ['unable to find column "a"; valid columns: ["b"]', 'QRN-POLARS-012', 'execution'],
  ])('%s: %s', (message, code, reason) => {
    const error = classifyPolarsError(driverError(`${message}\nmore of it`))
    expect(error).toMatchObject({ code, reason })
    expect(error.message).toContain(message)
    expect(error.message).not.toContain('more of it')
  })

  it('leaves our own errors as they are, and takes faults of ours for what they are', () => {
    const own = executionError('QRN-EXEC-001')
    expect(classifyPolarsError(own)).toBe(own)
    expect(classifyPolarsError(new TypeError('x is no function'))).toMatchObject({
      reason: 'internal',
    })
  })

  it('every error has a cure, which is its hint', () => {
    for (const [code, { cure, reason }] of Object.entries(POLARS_ERRORS)) {
      const error = polarsError(code as keyof typeof POLARS_ERRORS, 'something')
      expect(error).toMatchObject({ code, reason, hint: cure })
      expect(cure).toMatch(/\.$/)
    }
  })
})
