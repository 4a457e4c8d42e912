import type { Query } from '@qarion/core'

import { compileQuery } from '../compile/compile-query.ts'
import type { CompileContext, CompiledQuery, StagedQuery } from '../compile/context.ts'
import { execute, type Step } from './steps.ts'

/** The temporary tables of one instruction. */
export interface Stage {
  /** Steps that keep the rows of a SELECT under a new name. */
  keep(compiled: CompiledQuery): { readonly table: string; readonly steps: readonly Step[] }
  /** Steps that keep a query's rows, unless they are kept already; from then on the query reads them. */
  keepQuery(queries: readonly Query[], name: string): readonly Step[]
  /** The context in which kept queries are tables. */
  readonly context: CompileContext
  /** Steps that give the space back. */
  drop(): readonly Step[]
}

/** Starts the temporary tables of an instruction; `nextName` gives names that are free in the session. */
export function createStage(context: CompileContext, nextName: () => string): Stage {
  const { dialect } = context
  const staged = new Map<string, StagedQuery>()
  const tables: string[] = []
  const inner: CompileContext = { ...context, staged }
  const keep: Stage['keep'] = ({ sql, parameters, columns }) => {
    const table = nextName()
    tables.push(table)
    const filled = dialect.createTemporaryTableAs?.(table, columns, sql)
    return {
      table,
      steps:
        filled === undefined
          ? [
              execute(dialect.createTemporaryTable(table, columns)),
              execute(`INSERT INTO ${dialect.temporaryName(table)} ${sql}`, parameters),
            ]
          : [execute(filled, parameters)],
    }
  }
  return {
    context: inner,
    keep,
    keepQuery: (queries, name) => {
      if (staged.has(name)) return []
      const compiled = compileQuery(queries, name, inner)
      const { table, steps } = keep(compiled)
      staged.set(name, { table, columns: compiled.columns })
      return steps
    },
    drop: () => tables.map((table) => execute(`DROP TABLE ${dialect.temporaryName(table)}`)),
  }
}
