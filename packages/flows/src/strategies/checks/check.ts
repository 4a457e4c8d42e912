import type {
  BatchVersion,
  Column,
  Dataset,
  DatasetId,
  Expression,
  Query,
  Rule,
} from '@qarion/core'

import type { DefinitionErrorOptions } from '../../definition-problems.ts'
import type { CheckErrorCode } from './check-errors.ts'

export type Severity = 'error' | 'warning'

/** One check as declared, ready to be made. */
export interface Check {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly columns: readonly CheckedColumn[]
  readonly severity: Severity
  /** Of a row check: the part of the rows, in millionths, that must pass. */
  readonly thresholdMillionths: bigint
  readonly test: CheckTest
}

export type CheckedColumn = Pick<Column, 'name' | 'type'>

export type CheckTest = RowTest | SetTest

/** Says of every row whether it fails. */
export interface RowTest {
  readonly kind: 'row'
  /** Whether it depends on other rows than the one that is looked at. */
  readonly looksAtOthers: boolean
  make(place: TestPlace): MadeRowTest
}

export interface MadeRowTest {
  /** Queries that the rules name. */
  readonly queries: readonly Query[]
  /** Add columns to the rows, one row each. */
  readonly rules: readonly Rule[]
  /** Over the rows with these columns; never NULL. */
  readonly fails: Expression
}

/** Says of all rows together whether they fail. */
export interface SetTest {
  readonly kind: 'set'
  /** What is expected, for people. */
  readonly expected: string
  /** The last query gives one row with the columns `SET_COLUMNS`. */
  make(place: TestPlace & SetPlace): readonly Query[]
}

/** Where a test is made. */
export interface TestPlace {
  /** Query that holds the rows. */
  readonly rows: string
  /** Unique in the instruction: names of queries and columns begin with it. */
  readonly name: string
}

export interface SetPlace {
  /** Query with the number of rows that the check had in the batch before (`row_count`), if there was one. */
  readonly previous: string
}

/** What a check type gets to read its settings from. */
export interface CheckReader {
  readonly columns: readonly CheckedColumn[]
  /** All columns of the rows. */
  readonly known: readonly CheckedColumn[]
  readonly config: Readonly<Record<string, unknown>>
  readonly sources: ReadonlyMap<DatasetId, Dataset>
  /** Reports a problem; `path` leads on from the check. */
  readonly report: ReportCheckProblem
  /** Reports what parsing an expression has thrown. */
  readonly reportThrown: (thrown: unknown, path: readonly string[]) => void
}

export type ReportCheckProblem = (
  code: CheckErrorCode,
  message: string,
  options?: CheckProblemOptions,
) => void

export type CheckProblemOptions = Pick<DefinitionErrorOptions, 'hint' | 'path'>

/** A row of the table of check types. */
export interface CheckType {
  /** One sentence: which rows or data pass. */
  readonly doc: string
  readonly columns: 'some' | 'one' | 'none_or_some'
  /** Keys of `config` besides `threshold`, each with a sentence. */
  readonly config: Readonly<Record<string, string>>
  readonly kind: CheckTest['kind']
  /** `undefined` where the settings are wrong, which is reported. */
  read(reader: CheckReader): CheckTest | undefined
}

/** Reads a dataset as it is now: of one stored by batch the newest. */
export function newestVersion({ storage }: Dataset): BatchVersion | undefined {
  return storage.kind === 'batches' ? 'current' : undefined
}
