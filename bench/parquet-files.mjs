import { existsSync, renameSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

import { COLUMNS } from './generate.mjs'
import { duckdbDriver } from './product.mjs'

const TYPES = {
  integer: () => 'BIGINT',
  decimal: ({ precision, scale }) => `DECIMAL(${precision},${scale})`,
  date: () => 'DATE',
  timestamp: () => 'TIMESTAMPTZ',
  boolean: () => 'BOOLEAN',
  string: () => 'VARCHAR',
}

/** The rows of generated CSV deliveries as typed Parquet files beside them, written once by DuckDB. */
export async function asParquet(files) {
  const written = []
  for (const { name, path } of files) {
    const target = path.replace(/\.csv$/, '.parquet')
    if (!existsSync(target)) await convert(path, target)
    written.push({ name: name.replace(/\.csv$/, '.parquet'), path: target })
  }
  return written
}

async function convert(source, target) {
  const { DuckDBInstance } = await import(pathToFileURL(duckdbDriver()).href)
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const aside = `${target}.${process.pid}`
  const columns = COLUMNS.map((column) => `'${column.name}': '${TYPES[column.type](column)}'`)
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(
    `COPY (SELECT * FROM read_csv('${source}', header = true, columns = {${columns.join(', ')}}))
     TO '${aside}' (FORMAT parquet)`,
  )
  connection.closeSync()
  renameSync(aside, target)
}
