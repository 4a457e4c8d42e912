import type { BatchVersion, Column, Dataset, DatasetId, StoredBatch } from '@qarion/core'

import { sqlError } from '../sql-errors.ts'
import { NEVER, openBlock, type Block, type BlockColumn } from './block.ts'
import type { Compiler } from './compiler.ts'
import { compileExpression } from './expression.ts'

/** The dataset of an id; throws QRN-SQL-001 where the catalog has none. */
export function datasetOf(id: DatasetId, { context }: Compiler): Dataset {
  const dataset = context.catalog.datasets.get(id)
  if (dataset === undefined)
    throw sqlError('QRN-SQL-001', `The plan names the dataset ${id}, which is not in the catalog.`)
  return dataset
}

/** Reads a stored dataset: one table, or one batch's table. */
export function readStored(
  dataset: Dataset,
  version: BatchVersion | undefined,
  compiler: Compiler,
): Block {
  if (dataset.storage.kind === 'table') {
    const names = dataset.columns.map(({ name }) => name)
    return readTable(dataset, { table: dataset.table, columns: names, constants: {} }, compiler)
  }
  const batch = compiler.context.catalog.batches.get(dataset.id)?.[version ?? 'current']
  return batch === undefined ? noRows(dataset, compiler) : readTable(dataset, batch, compiler)
}

function readTable(dataset: Dataset, batch: StoredBatch, compiler: Compiler): Block {
  const { dialect, stored } = compiler.context
  const present = stored === undefined ? new Set(batch.columns) : stored.get(batch.table)?.columns
  if (present === undefined) return noRows(dataset, compiler)
  const alias = compiler.nextAlias()
  const columns = dataset.columns.map((column): BlockColumn => {
    const { name, type } = column
    if (batch.columns.includes(name) && present.has(name)) {
      const operand = { sql: `${alias}.${dialect.quoteIdentifier(name)}`, type }
      // Keys alone are sure: other columns may have been declared required after rows were stored.
      return {
        name,
        operand,
        form: 'column',
        isRequired: column.required && dataset.key.includes(name),
      }
    }
    if (Object.hasOwn(batch.constants, name)) {
      const value = batch.constants[name] ?? null
      const sql = compiler.values.value(`constant ${batch.table} ${name}`, value, type)
      return { name, operand: { sql, type }, form: 'constant', isRequired: value !== null }
    }
    return defaultOf(column, compiler)
  })
  return openBlock(`${dialect.quoteIdentifier(batch.table)} AS ${alias}`, columns)
}

/** What a column reads as where it is not stored. */
export function defaultOf(
  { name, type, default: expression }: Column,
  compiler: Compiler,
): BlockColumn {
  const { dialect } = compiler.context
  const none = { sql: dialect.literal(null, type), type }
  if (expression === undefined) return { name, operand: none, form: 'constant', isRequired: false }
  const operand = compileExpression(expression, {
    dialect,
    values: compiler.values,
    column: (other) => {
      throw sqlError(
        'QRN-SQL-001',
        `The default of ${name} names the column ${other}; defaults are constants.`,
      )
    },
  })
  return {
    name,
    operand,
    form: expression.kind === 'literal' ? 'constant' : 'expression',
    isRequired: false,
  }
}

function noRows(dataset: Dataset, compiler: Compiler): Block {
  const columns = dataset.columns.map(({ name, type }): BlockColumn => {
    const sql = compiler.context.dialect.literal(null, type)
    return { name, operand: { sql, type }, form: 'constant', isRequired: false }
  })
  return { ...openBlock(undefined, columns), where: [NEVER] }
}
