import { DataTypes, type DataType } from '../data/data-type.ts'
import type { Value } from '../data/value.ts'
import { createParser } from '../values/parse-value.ts'
import { isValueProblem } from '../values/problem.ts'
import type { FlowDefinition } from './flow-definition.ts'

/** Types that a variable of a flow can have. */
export const VARIABLE_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'date',
  'timestamp',
] as const

export type VariableType = (typeof VARIABLE_TYPES)[number]

/** A variable with the value that it has in a run, in the text form of its type. */
export interface FlowVariable {
  readonly type: VariableType
  readonly value: string
}

/** What a number is in expressions: exact on every engine, and the same whatever its value is. */
const NUMBER_TYPE: DataType = Object.freeze({ kind: 'decimal', precision: 18, scale: 6 })

/** The type that a variable has in expressions. */
export function typeOfVariable({ type }: Pick<FlowVariable, 'type'>): DataType {
  return type === 'number' ? NUMBER_TYPE : DataTypes[type]
}

/** Types of the parameters by which expressions of a flow name its variables: `:region`. */
export function variableTypes({
  variables = {},
}: Pick<FlowDefinition, 'variables'>): ReadonlyMap<string, DataType> {
  return new Map(
    Object.entries(variables).map(([name, variable]) => [name, typeOfVariable(variable)]),
  )
}

/** Values of the variables, to be bound as parameters. */
export function variableValues({
  variables = {},
}: Pick<FlowDefinition, 'variables'>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => {
      const value = createParser(typeOfVariable(variable))(variable.value)
      if (isValueProblem(value)) throw new TypeError(`variable ${name}: ${value.reason}`)
      return [name, value]
    }),
  )
}

/** Texts of the variables by name; `undefined` where a flow has none. */
export function variableTexts({
  variables,
}: Pick<FlowDefinition, 'variables'>): Readonly<Record<string, string>> | undefined {
  return (
    variables &&
    Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]))
  )
}
