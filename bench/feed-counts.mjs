import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { VALUE_COLUMNS } from './generate.mjs'
import { runProcess } from './measure.mjs'
import { askPostgres, duckdbDriver } from './product.mjs'

const MEASURES = [
  'count(*)',
  ...VALUE_COLUMNS.map(
    (name) => `sum(CASE WHEN xt_changed_columns LIKE '%"${name}"%' THEN 1 ELSE 0 END)`,
  ),
]
const query = (table) =>
  `SELECT xt_batch_id, xt_record_type, ${MEASURES.join(', ')} FROM ${table} GROUP BY 1, 2 ORDER BY 1, 2`

async function readDuckdb(database, table) {
  const { DuckDBInstance } = await import(pathToFileURL(duckdbDriver()).href)
  const mode = database === ':memory:' ? {} : { access_mode: 'READ_ONLY' }
  const instance = await DuckDBInstance.create(database, mode)
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(query(table))).getRows()
  connection.closeSync()
  instance.closeSync()
  return rows
}

async function readSqlite(database, table) {
  const { stdout } = await runProcess('sqlite3', [
    '-readonly',
    '-separator',
    '|',
    database,
    query(table),
  ])
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('|'))
}

/** Parquet files of a storage folder, or the one that is written by hand, counted by DuckDB. */
async function readPolars(folder, table) {
  const manifest = join(folder, 'manifest.json')
  const files = existsSync(manifest)
    ? JSON.parse(readFileSync(manifest, 'utf8')).tables[table].parts.map(({ id }) =>
        join(folder, 'parts', id),
      )
    : [join(folder, `${table}.parquet`)]
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')
  return readDuckdb(':memory:', `read_parquet([${list}])`)
}

const READERS = {
  duckdb: readDuckdb,
  sqlite: readSqlite,
  polars_local: readPolars,
  // Of the script by hand only; what the engine holds ends with its process.
  polars_memory: readPolars,
  postgres: (schema, table) => askPostgres(query(`${schema}.${table}`)),
}

/** Throws unless the change feed in a database holds, batch by batch from `firstBatch`, what the generator knows. */
export async function checkFeed({ engine, database, table, known, firstBatch = 1 }) {
  const rows = await READERS[engine](database, table)
  const found = new Map()
  for (const [batch, recordType, count, ...columns] of rows) {
    const entry = found.get(Number(batch)) ?? { new: 0, changed: 0, deleted: 0, changedColumns: {} }
    entry[recordType] = Number(count)
    if (recordType === 'changed')
      entry.changedColumns = Object.fromEntries(
        VALUE_COLUMNS.map((name, index) => [name, Number(columns[index])]),
      )
    found.set(Number(batch), entry)
  }
  known.forEach((expected, index) => {
    const batch = index + 1
    const got = found.get(batch)
    if (batch < firstBatch) {
      if (got !== undefined)
        throw new Error(`${database}: batch ${batch} should not be in the feed`)
      return
    }
    const want = expected.changed === 0 ? { ...expected, changedColumns: {} } : expected
    if (JSON.stringify(got) !== JSON.stringify(want)) {
      throw new Error(
        `${database}: batch ${batch} holds ${JSON.stringify(got)}, the generator knows ${JSON.stringify(want)}`,
      )
    }
  })
}
