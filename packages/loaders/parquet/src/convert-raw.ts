import type { Value, ValueProblem } from '@qarion/core'

/** From what the reader gives for a value that is not NULL. */
export type ConvertRaw = (raw: unknown) => Value | ValueProblem
