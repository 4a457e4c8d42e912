import { QarionError, type ErrorCode, type FlowDefinition } from '@qarion/core'

interface ErrorEntry {
  readonly cure: string
}

export interface DefinitionErrorOptions {
  readonly hint?: string | undefined
  /** Keys that lead to the value of the flow's file that is wrong. */
  readonly path?: readonly string[]
}

export type DefinitionError<Code extends ErrorCode> = (
  code: Code,
  flow: string,
  message: string,
  options?: DefinitionErrorOptions,
) => QarionError

/**
 * Makes the errors of definitions that cannot become a flow of a type, with the codes of its table. The hint is the
 * table's cure, and the path `defaultPath`, unless the error has its own.
 */
export function definitionErrors<Code extends ErrorCode>(
  table: Readonly<Record<Code, ErrorEntry>>,
  defaultPath: readonly string[],
): DefinitionError<Code> {
  return (code, flow, message, { hint = table[code].cure, path = defaultPath } = {}) =>
    new QarionError(code, 'configuration', `flow "${flow}": ${message}`, { hint, data: { path } })
}

/** Throws what is wrong with a definition, if anything is: several problems as one error with the code. */
export function throwProblems(
  { id }: Pick<FlowDefinition, 'id'>,
  problems: readonly QarionError[],
  code: ErrorCode,
): void {
  const [first] = problems
  if (first === undefined) return
  if (problems.length === 1) throw first
  throw new QarionError(code, 'configuration', `flow "${id}" has ${problems.length} problems`, {
    problems,
  })
}
