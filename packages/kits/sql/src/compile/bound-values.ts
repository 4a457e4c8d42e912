import { randomUUID } from 'node:crypto'

import type { DataType, Value } from '@qarion/core'

import type { SqlParameter, SqlStatement } from '../session/sql-session.ts'
import { sqlError } from '../sql-errors.ts'
import type { CompileContext } from './context.ts'

/** Stands for the values of one statement in its text until the text is whole; each name has one value. */
export interface BoundValues {
  /** SQL of the parameter `name` of the run. */
  parameter(name: string, type: DataType): string
  /** SQL of a value that is not part of the plan, such as a batch's constant. */
  value(key: string, value: Value | null, type: DataType): string
  /** The finished text with placeholders, and what is bound to them: only values that the text still uses. */
  bind(sql: string): SqlStatement
}

/** Starts the bound values of one statement. */
export function createBoundValues(context: CompileContext): BoundValues {
  const { dialect, parameters } = context
  // Unguessable, so that no text that a user wrote can look like it.
  const mark = randomUUID()
  const all: SqlParameter[] = []
  const indexes = new Map<string, number>()
  const value = (key: string, bound: Value | null, type: DataType): string => {
    if (context.values === 'print') return dialect.literal(bound, type)
    let index = indexes.get(key)
    if (index === undefined) {
      index = all.push({ value: bound, type }) - 1
      indexes.set(key, index)
    }
    return `${mark}<${index}>`
  }
  return {
    value,
    parameter: (name, type) => {
      if (!Object.hasOwn(parameters, name)) {
        throw sqlError(
          'QRN-SQL-001',
          `The plan uses the parameter ${name}, which the run does not give.`,
        )
      }
      return value(`parameter ${name} ${type.kind}`, parameters[name] ?? null, type)
    },
    bind: (sql) => {
      const used: SqlParameter[] = []
      const positions = new Map<number, number>()
      const text = sql.replaceAll(new RegExp(`${mark}<(\\d+)>`, 'g'), (_, digits: string) => {
        const index = Number(digits)
        const bound = all[index] as SqlParameter
        const position = positions.get(index) ?? used.push(bound)
        positions.set(index, position)
        return dialect.placeholder(position, bound.type)
      })
      return { sql: text, parameters: used }
    },
  }
}
