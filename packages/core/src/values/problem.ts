/** Why a text is no value of its type: a bad value. `reason` is a phrase such as `not an integer`. */
export interface ValueProblem {
  readonly kind: 'problem'
  readonly reason: string
}

/** A frozen problem; parsers make the ones without parameters once. */
export function valueProblem(reason: string): ValueProblem {
  return Object.freeze({ kind: 'problem', reason })
}

/** Tells a problem from a value. */
export function isValueProblem(value: unknown): value is ValueProblem {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'problem'
}
