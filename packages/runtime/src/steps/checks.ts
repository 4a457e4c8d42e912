import {
  isQarionError,
  QarionError,
  type CheckNode,
  type Instruction,
  type TransformNode,
} from '@qarion/core'
import { referencedQueries } from '@qarion/plan'

/** A step that runs an instruction. */
export type StepNode = TransformNode | CheckNode

/**
 * The two parts of a check. What it writes is there to be read whatever its asserts decide, so it commits before they are
 * tried.
 */
export interface CheckParts {
  /** Absent where it writes nothing. */
  readonly results: Instruction | undefined
  readonly asserts: Instruction
}

export function partsOfCheck({ instruction }: Pick<CheckNode, 'instruction'>): CheckParts {
  const { id, queries, writes } = instruction
  const asserts = queries.filter(({ rules }) => rules.at(-1)?.operation === 'assert')
  return {
    results:
      writes.length === 0
        ? undefined
        : { id, writes, queries: queries.filter((query) => !asserts.includes(query)) },
    asserts: {
      id,
      writes: [],
      queries: neededQueries(
        queries,
        asserts.map(({ name }) => name),
      ),
    },
  }
}

/** The queries of these names and all that they use, in order. */
function neededQueries(
  queries: Instruction['queries'],
  names: readonly string[],
): Instruction['queries'] {
  const needed = new Set(names)
  return queries
    .toReversed()
    .filter((query) => {
      if (!needed.has(query.name)) return false
      for (const name of referencedQueries(query)) needed.add(name)
      return true
    })
    .toReversed()
}

/** What an assert decided; `undefined` for what went wrong otherwise. */
export function asVerdict(thrown: unknown): QarionError | undefined {
  return isQarionError(thrown) && thrown.reason === 'guard' && thrown.data['guard'] !== undefined
    ? thrown
    : undefined
}

/** A verdict as one line, with the first rows that decided it. */
export function describeVerdict({ message, data }: QarionError): string {
  const { columns, sample } = data as {
    readonly columns: readonly string[]
    readonly sample: readonly (readonly (string | null)[])[]
  }
  const rows = sample.map((row) =>
    row
      .flatMap((value, index) => (value === null ? [] : [`${columns[index]} ${value}`]))
      .join(', '),
  )
  // Samples come in no order.
  return `${message} (${rows.toSorted().join('; ')})`
}

/** Throws what checks at the end of a flow decided about its batches, which are committed. */
export function throwVerdicts(verdicts: readonly QarionError[]): void {
  const [first] = verdicts
  if (first === undefined) return
  if (verdicts.length === 1) throw first
  const batches = verdicts.map(({ origin }) => origin.batch)
  throw new QarionError(
    first.code,
    first.reason,
    `checks failed in the batches ${batches.join(', ')}`,
    { ...(first.hint === undefined ? {} : { hint: first.hint }), problems: verdicts },
  )
}
