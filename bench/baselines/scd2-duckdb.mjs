// A dimension as one writes it by hand with @duckdb/node-api; prints the seconds of the second batch, opening and
// closing included: `{ seconds, cpuSeconds }`.
//
//   node scd2-duckdb.mjs <module of @duckdb/node-api> <database> deliveries <old.csv> <new.csv>
//   node scd2-duckdb.mjs <module of @duckdb/node-api> <database> feed <change feed> <dimension of the first batch>
import { pathToFileURL } from 'node:url'

import { COLUMNS } from '../generate.mjs'
import { changesOfDelivery, changesOfFeed, firstVersions, nextVersions } from './scd2-sql.mjs'

const [driver, database, source, first, second] = process.argv.slice(2)
const { DuckDBInstance } = await import(pathToFileURL(driver).href)

const TYPES = { integer: 'BIGINT', string: 'VARCHAR' }
const typeOf = ({ type, precision, scale }) =>
  precision === undefined ? (TYPES[type] ?? type.toUpperCase()) : `DECIMAL(${precision},${scale})`
const columns = COLUMNS.map((column) => `${column.name}: '${typeOf(column)}'`).join(', ')
const load = (table, file) =>
  `CREATE TABLE ${table} AS SELECT * FROM read_csv('${file.replaceAll("'", "''")}', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, columns = {${columns}})`

async function apply(statements) {
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  for (const statement of ['BEGIN', ...statements, 'COMMIT', 'CHECKPOINT'])
    await connection.run(statement)
  connection.closeSync()
  instance.closeSync()
}

const isFeed = source === 'feed'
await apply(
  isFeed
    ? [`CREATE TABLE dimension AS SELECT * FROM ${second}`]
    : [load('delivery_1', first), ...firstVersions('duckdb')],
)
const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()]
await apply(
  isFeed
    ? [...changesOfFeed(first), ...nextVersions('duckdb')]
    : [load('delivery_2', second), ...changesOfDelivery('duckdb'), ...nextVersions('duckdb')],
)
const { user, system } = process.cpuUsage(cpuBefore)
process.stdout.write(
  JSON.stringify({
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
  }),
)
