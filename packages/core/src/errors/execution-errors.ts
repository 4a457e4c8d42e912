import { QarionError } from './qarion-error.ts'

export type ExecutionErrorCode = 'QRN-EXEC-001' | 'QRN-EXEC-002' | 'QRN-EXEC-003'

/** Failures of calculations on the data; the same code on every engine. */
export const EXECUTION_ERRORS: Readonly<
  Record<
    ExecutionErrorCode,
    { readonly title: string; readonly cause: string; readonly cure: string }
  >
> = {
  'QRN-EXEC-001': {
    title: 'Overflow',
    cause: 'The result of a calculation does not fit its type.',
    cure: 'Cast to a wider type before calculating, or filter the values out.',
  },
  'QRN-EXEC-002': {
    title: 'Division by zero',
    cause: 'A number was divided by zero.',
    cure: 'Use ratio(a, b), which is NULL over zero, or null_if(b, 0).',
  },
  'QRN-EXEC-003': {
    title: 'Failed cast',
    cause: 'A value has no exact counterpart in the type that it was cast to.',
    cure: 'Round first where digits may be lost, or filter the values out.',
  },
}

/** A calculation that failed on the data. */
export function executionError(
  code: ExecutionErrorCode,
  cause?: unknown,
  detail?: string,
): QarionError {
  const { title, cure } = EXECUTION_ERRORS[code]
  return new QarionError(
    code,
    'execution',
    detail === undefined ? `${title}.` : `${title}: ${detail}`,
    {
      hint: cure,
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
