import { isRetryableReason } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import { classifyPostgresError, POSTGRES_ERRORS } from '../src/index.ts'

function thrown(code: string, message = 'what the server said'): Error {
  return Object.assign(new Error(message), { code })
}

describe('an error of the server or the driver', () => {
  it.each([
    ['22003', 'QRN-EXEC-001', 'execution'],
    ['22008', 'QRN-EXEC-001', 'execution'],
    ['22012', 'QRN-EXEC-002', 'execution'],
    ['22P02', 'QRN-EXEC-003', 'execution'],
    ['22007', 'QRN-EXEC-003', 'execution'],
    ['22021', 'QRN-EXEC-003', 'execution'],
    // Class 22 is of data, but bad binary COPY data is of a column with another type than ours.
    ['22P03', 'QRN-POSTGRES-013', 'corrupt'],
    ['23502', 'QRN-POSTGRES-007', 'execution'],
    ['23505', 'QRN-POSTGRES-007', 'execution'],
    // Class 57 holds both a cancelled statement and a server that goes away.
    ['57014', 'QRN-POSTGRES-004', 'timeout'],
    ['57P01', 'QRN-POSTGRES-005', 'connection'],
    ['57P03', 'QRN-POSTGRES-001', 'connection'],
    // Class 53: too many connections pass by themselves, a full disk does not.
    ['53300', 'QRN-POSTGRES-001', 'connection'],
    ['53100', 'QRN-POSTGRES-006', 'resource'],
    ['53200', 'QRN-POSTGRES-006', 'resource'],
    ['08006', 'QRN-POSTGRES-005', 'connection'],
    ['08001', 'QRN-POSTGRES-001', 'connection'],
    ['28P01', 'QRN-POSTGRES-002', 'authentication'],
    ['28000', 'QRN-POSTGRES-002', 'authentication'],
    ['42501', 'QRN-POSTGRES-003', 'authorization'],
    ['3D000', 'QRN-POSTGRES-015', 'configuration'],
    ['55P03', 'QRN-POSTGRES-011', 'locked'],
    ['40P01', 'QRN-POSTGRES-011', 'locked'],
    ['40001', 'QRN-POSTGRES-011', 'locked'],
    ['42P01', 'QRN-POSTGRES-013', 'corrupt'],
    ['42703', 'QRN-POSTGRES-013', 'corrupt'],
    ['2BP01', 'QRN-POSTGRES-013', 'corrupt'],
    ['XX001', 'QRN-POSTGRES-013', 'corrupt'],
    // Class XX alone is a fault, not damage.
    ['XX000', 'QRN-POSTGRES-008', 'internal'],
    ['42601', 'QRN-POSTGRES-008', 'internal'],
    ['54000', 'QRN-POSTGRES-014', 'unsupported'],
    ['54011', 'QRN-POSTGRES-014', 'unsupported'],
    ['0A000', 'QRN-POSTGRES-014', 'unsupported'],
    ['25006', 'QRN-POSTGRES-016', 'configuration'],
    ['ECONNREFUSED', 'QRN-POSTGRES-001', 'connection'],
    ['ENOTFOUND', 'QRN-POSTGRES-001', 'connection'],
    ['ECONNRESET', 'QRN-POSTGRES-005', 'connection'],
    ['EPIPE', 'QRN-POSTGRES-005', 'connection'],
    ['ETIMEDOUT', 'QRN-POSTGRES-004', 'timeout'],
  ] as const)('%s is %s (%s)', (state, code, reason) => {
    const error = classifyPostgresError(thrown(state))
    expect(error).toMatchObject({ code, reason, isRetryable: isRetryableReason(reason) })
    expect(error.message).toContain('what the server said')
    expect(error.hint).toBeDefined()
  })

  it.each([
    ['Connection terminated unexpectedly', 'QRN-POSTGRES-005'],
    ['Client has encountered a connection error and is not queryable', 'QRN-POSTGRES-005'],
    ['timeout expired', 'QRN-POSTGRES-004'],
    ['The server does not support SSL connections', 'QRN-POSTGRES-001'],
    ['self-signed certificate in certificate chain', 'QRN-POSTGRES-017'],
    [
      'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string',
      'QRN-POSTGRES-002',
    ],
    ['something else', 'QRN-POSTGRES-008'],
  ])('without a code: %s', (message, code) => {
    expect(classifyPostgresError(new Error(message)).code).toBe(code)
  })

  it('with a marker of the dialect is what the marker says', () => {
    const error = classifyPostgresError(
      thrown('22P02', 'invalid input syntax for type bigint: "QRN-EXEC-001"'),
    )
    expect(error).toMatchObject({ code: 'QRN-EXEC-001', message: 'Overflow.' })
  })

  it('of several addresses tells each', () => {
    const both = Object.assign(new AggregateError([new Error('one'), new Error('two')]), {
      code: 'ECONNREFUSED',
    })
    expect(classifyPostgresError(both, 'localhost:1').message).toBe(
      'The server cannot be reached (localhost:1): one; two',
    )
  })

  it('that is one of Qarion stays as it is', () => {
    const own = classifyPostgresError(thrown('28P01'))
    expect(classifyPostgresError(own)).toBe(own)
  })
})

it('says what, why and what to do of every code', () => {
  for (const { title, cause, cure } of Object.values(POSTGRES_ERRORS))
    for (const text of [title, cause, cure]) expect(text.length).toBeGreaterThan(10)
})
