import type { ColumnBatch, TableDefinition } from '@qarion/core'
import { quoteIdentifier } from '@qarion/kit-sql'
import type Database from 'better-sqlite3'

import { createKeyIndex, createTable, keyIndexName } from '../dialect/sqlite-dialect.ts'
import type { SqliteValue } from '../sqlite-types.ts'
import { fillRows } from './bind-rows.ts'
import { createKeyOrder } from './key-order.ts'

/** Inserts batches into one table. */
export interface BulkInsert {
  insert(batch: ColumnBatch): void
  /** Ends the insertion; gives the number of rows. */
  end(): number
}

/** Rows per statement: more saves nothing, fewer cost calls. Values are passed as arguments, not as one array, which halves the cost of binding. */
const ROWS_PER_STATEMENT = 50
const MAX_PARAMETERS = 32_766

/**
 * Starts inserting. Into an empty table the rows go without the index over its key, which is built afterwards by
 * sorting: for rows in random order that is five times faster than keeping it. A table that is written once is stored
 * by its key, without an index, as long as the rows come in that order; the first one that does not makes it an
 * ordinary table.
 */
export function startBulkInsert(database: Database.Database, table: TableDefinition): BulkInsert {
  const isEmpty =
    database.prepare(`SELECT 1 FROM ${quoteIdentifier(table.name)} LIMIT 1`).get() === undefined
  if (isEmpty) database.exec(`DROP INDEX IF EXISTS ${keyIndexName(table.name)}`)
  const order = isEmpty && hasColumnsOf(database, table) ? createKeyOrder(table) : undefined
  let form: 'undecided' | 'by_key' | 'ordinary' = order === undefined ? 'ordinary' : 'undecided'
  let insertRows: ((batch: ColumnBatch) => void) | undefined
  let total = 0
  const chooseForm = (batch: ColumnBatch): void => {
    if (order === undefined || form === 'ordinary') return
    const isInOrder = order.continues(batch)
    if (isInOrder && form === 'by_key') return
    if (isInOrder) storeByKey(database, table, order.key)
    else if (form === 'by_key') storeAsOrdinary(database, table)
    form = isInOrder ? 'by_key' : 'ordinary'
    insertRows = undefined
  }
  return {
    insert: (batch) => {
      chooseForm(batch)
      insertRows ??= prepareInsert(database, table)
      insertRows(batch)
      total += batch.rowCount
    },
    end: () => {
      if (isEmpty && form !== 'by_key') for (const sql of createKeyIndex(table)) database.exec(sql)
      return total
    },
  }
}

/** False where the table has been given more columns since it was declared. */
function hasColumnsOf(database: Database.Database, { name, columns }: TableDefinition): boolean {
  const count = database.prepare<[string], number>('SELECT count(*) FROM pragma_table_info(?)')
  return count.pluck().get(name) === columns.length
}

/** The table has no rows yet. */
function storeByKey(database: Database.Database, table: TableDefinition, key: string): void {
  database.exec(`DROP TABLE ${quoteIdentifier(table.name)}`)
  database.exec(createTable(table, key))
}

function storeAsOrdinary(database: Database.Database, table: TableDefinition): void {
  const name = quoteIdentifier(table.name)
  database.exec(`CREATE TEMPORARY TABLE xt_rows_so_far AS SELECT * FROM ${name}`)
  database.exec(`DROP TABLE ${name}`)
  database.exec(createTable(table))
  database.exec(`INSERT INTO ${name} SELECT * FROM temp.xt_rows_so_far`)
  database.exec('DROP TABLE temp.xt_rows_so_far')
}

function prepareInsert(
  database: Database.Database,
  table: TableDefinition,
): (batch: ColumnBatch) => void {
  const width = table.columns.length
  const types = table.columns.map(({ type }) => type)
  const columns = table.columns.map((column) => quoteIdentifier(column.name)).join(', ')
  const row = `(${Array.from({ length: width }, () => '?').join(', ')})`
  const prepare = (count: number): Database.Statement =>
    database.prepare(
      `INSERT INTO ${quoteIdentifier(table.name)} (${columns}) VALUES ${Array.from({ length: count }, () => row).join(', ')}`,
    )
  const size = Math.max(
    1,
    Math.min(ROWS_PER_STATEMENT, Math.floor(MAX_PARAMETERS / Math.max(1, width))),
  )
  const many = prepare(size)
  const single = size === 1 ? many : prepare(1)
  const bound: SqliteValue[] = Array.from({ length: width * size }, () => null)
  const rest: SqliteValue[] = Array.from({ length: width }, () => null)
  return (batch) => {
    let from = 0
    for (; from + size <= batch.rowCount; from += size) {
      fillRows(bound, batch, types, from, size)
      many.run(...bound)
    }
    for (; from < batch.rowCount; from += 1) {
      fillRows(rest, batch, types, from, 1)
      single.run(...rest)
    }
  }
}
