import { DataTypes, variableTypes, type DataType, type Expression, type Rule } from '@qarion/core'
import { parseExpression, type PlanColumn } from '@qarion/plan'

import { settingError } from '../task-errors.ts'

/** A rule as it stands in the file. */
export type RuleTable = Readonly<Record<string, unknown>>

/** What rules are read against. */
export interface RuleScope {
  /** Columns before the rule. */
  readonly columns: readonly PlanColumn[]
  readonly parameters: ReadonlyMap<string, DataType>
  /** Makes a query of another dataset and gives its name. */
  readonly queryOf: (dataset: string, path: readonly (string | number)[]) => string
  readonly path: readonly (string | number)[]
}

/** What expressions may name besides columns. */
export function parametersOf(
  flow: Parameters<typeof variableTypes>[0],
): ReadonlyMap<string, DataType> {
  return new Map<string, DataType>([
    ...variableTypes(flow),
    ['batch_id', DataTypes.integer],
    ['batch_time', DataTypes.timestamp],
  ])
}

/** The expression under a key; throws where it is none. */
export function expressionIn(
  text: unknown,
  { columns, parameters, path }: Pick<RuleScope, 'columns' | 'parameters' | 'path'>,
  expected?: DataType,
): Expression {
  if (typeof text !== 'string') throw settingError('QRN-TASK-002', 'an expression is a text', path)
  return parseExpression(text, {
    columns,
    parameters,
    ...(expected === undefined ? {} : { expected }),
  })
}

/** A list of texts under a key; throws QRN-TASK-002 where it is none. */
export function textsIn(
  table: RuleTable,
  key: string,
  path: readonly (string | number)[],
): readonly string[] {
  const value = table[key]
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw settingError('QRN-TASK-002', `\`${key}\` is a list of texts`, [...path, key])
}

/** Texts by name under a key; throws QRN-TASK-002 where they are none. */
export function tableTextsIn(
  table: RuleTable,
  key: string,
  path: readonly (string | number)[],
): readonly (readonly [name: string, text: string])[] {
  const value = table[key]
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries = isTable ? Object.entries(value) : []
  if (isTable && entries.every(([, text]) => typeof text === 'string'))
    return entries as (readonly [string, string])[]
  throw settingError('QRN-TASK-002', `\`${key}\` is a table: name = "expression"`, [...path, key])
}

export type RuleReader = (table: RuleTable, scope: RuleScope) => readonly Rule[]
