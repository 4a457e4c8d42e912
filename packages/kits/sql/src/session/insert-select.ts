import type { Operation } from '@qarion/core'
import { defineQuery, from } from '@qarion/plan'

import { compileQueries } from '../compile/compile-query.ts'
import { createCompiler } from '../compile/compiler.ts'
import type { CompileContext } from '../compile/context.ts'
import { sqlError } from '../sql-errors.ts'
import { execute, type Step } from './steps.ts'

type InsertSelect = Extract<Operation, { kind: 'insert_select' }>

/** The step that adds the rows of a user's SELECT, which stands within one of ours: it can be no other statement. */
export function insertSelectSteps(
  operation: InsertSelect,
  context: CompileContext,
): readonly Step[] {
  const { dialect, catalog } = context
  const target = catalog.datasets.get(operation.dataset)
  if (target === undefined)
    throw sqlError('QRN-SQL-001', `The plan writes to ${operation.dataset}, which is not there.`)
  const { values } = createCompiler(context)
  const text = operation.statement.pieces
    .map((piece) => {
      if (piece.kind === 'text') return piece.text
      if (piece.kind === 'parameter') return values.parameter(piece.name, piece.type)
      // Constants rather than bound values: the positions are those of the outer statement.
      const { sql } = compileQueries([defineQuery('rows', [from(piece.dataset)])], {
        ...context,
        values: 'print',
      })
      return `(${sql})`
    })
    .join('')
  const constants = new Map(operation.constants.map(({ column, parameter }) => [column, parameter]))
  const selected = target.columns.map(({ name, type }) => {
    const parameter = constants.get(name)
    return parameter === undefined
      ? dialect.quoteIdentifier(name)
      : values.parameter(parameter, type)
  })
  const names = target.columns.map(({ name }) => dialect.quoteIdentifier(name))
  const { sql, parameters } = values.bind(
    `INSERT INTO ${dialect.quoteIdentifier(target.table)} (${names.join(', ')}) SELECT ${selected.join(', ')} FROM (\n${text}\n) AS ${dialect.quoteIdentifier('xt_rows')}`,
  )
  return [execute(sql, parameters, operation.count)]
}
