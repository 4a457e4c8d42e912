import type { AssertRule } from '@qarion/core'

import type { SqlColumn, SqlStatement } from './sql-session.ts'

/** What an operation does, statement by statement: run by `runSteps`, shown by `explain`. */
export type Step =
  | ExecuteStep
  /** Rows of `violations` fail the step, unless its guard is accepted. */
  | {
      readonly kind: 'assert'
      readonly rule: AssertRule
      readonly count: SqlStatement
      readonly sample: SqlStatement
      readonly columns: readonly SqlColumn[]
    }
  /** Rows of `duplicates` are keys that two rows of a merge's source share. */
  | {
      readonly kind: 'require_unique'
      readonly dataset: string
      readonly duplicates: SqlStatement
      readonly columns: readonly SqlColumn[]
    }

export interface ExecuteStep {
  readonly kind: 'execute'
  readonly statement: SqlStatement
  /** Name under which the rows that it inserts, updates or deletes are counted. */
  readonly counts?: string
}

/** The steps of one write. `prepare` reads the state before the instruction; nothing is changed before all have. */
export interface WriteSteps {
  readonly prepare: readonly Step[]
  /** Deletions and updates. */
  readonly change: readonly Step[]
  readonly insert: readonly Step[]
}

/** A statement to run. */
export function execute(
  sql: string,
  parameters: SqlStatement['parameters'] = [],
  counts?: string,
): ExecuteStep {
  return {
    kind: 'execute',
    statement: { sql, parameters },
    ...(counts === undefined ? {} : { counts }),
  }
}

/** The statements of a step, for people. */
export function statementsOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'execute':
      return [step.statement.sql]
    case 'assert':
      return [step.count.sql]
    case 'require_unique':
      return [step.duplicates.sql]
  }
}
