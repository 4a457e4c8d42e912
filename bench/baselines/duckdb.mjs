// The comparison as one writes it by hand with @duckdb/node-api: typed reads of two files into two tables of a
// database file, what differs into a change feed, one commit, one checkpoint.
//
//   node duckdb.mjs <module of @duckdb/node-api> <database> <old.csv> <new.csv> feed|comparison
//
// `feed` also writes the rows of the first delivery as `new`, as a change feed has them; `comparison` writes only what
// differs between the two.
import { pathToFileURL } from 'node:url'

const [driver, database, oldFile, newFile, extent] = process.argv.slice(2)
const { DuckDBInstance } = await import(pathToFileURL(driver).href)

const COLUMNS = {
  id: 'BIGINT',
  amount: 'DECIMAL(12,2)',
  ordered_on: 'DATE',
  updated_at: 'TIMESTAMP',
  is_paid: 'BOOLEAN',
  customer: 'VARCHAR',
  city: 'VARCHAR',
  note: 'VARCHAR',
}
const names = Object.keys(COLUMNS)
const compared = names.slice(1)
const text = (value) => `'${value.replaceAll("'", "''")}'`
const read = (file) =>
  `read_csv(${text(file)}, header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, columns = {${names.map((name) => `${name}: '${COLUMNS[name]}'`).join(', ')}})`
const all = (table) => names.map((name) => `${table}.${name}`).join(', ')
const differs = compared.map((name) => `n.${name} IS DISTINCT FROM o.${name}`)

const statements = [
  'BEGIN',
  `CREATE TABLE delivery_1 AS SELECT * FROM ${read(oldFile)}`,
  `CREATE TABLE delivery_2 AS SELECT * FROM ${read(newFile)}`,
  `CREATE TABLE change_feed (${names.map((name) => `${name} ${COLUMNS[name]}`).join(', ')}, xt_batch_id BIGINT, xt_batch_time TIMESTAMP, xt_record_type VARCHAR, xt_changed_columns VARCHAR)`,
  ...(extent === 'feed'
    ? [
        `INSERT INTO change_feed SELECT ${all('n')}, 1, TIMESTAMP '2024-01-01', 'new', NULL FROM delivery_1 n`,
      ]
    : []),
  `INSERT INTO change_feed
   SELECT ${all('n')}, 2, TIMESTAMP '2024-01-02', CASE WHEN o.id IS NULL THEN 'new' ELSE 'changed' END,
     CASE WHEN o.id IS NULL THEN NULL ELSE '[' || concat_ws(',', ${compared.map((name, index) => `CASE WHEN ${differs[index]} THEN '"${name}"' END`).join(', ')}) || ']' END
   FROM delivery_2 n LEFT JOIN delivery_1 o ON o.id = n.id
   WHERE o.id IS NULL OR ${differs.join(' OR ')}`,
  `INSERT INTO change_feed
   SELECT ${all('o')}, 2, TIMESTAMP '2024-01-02', 'deleted', NULL FROM delivery_1 o ANTI JOIN delivery_2 n ON o.id = n.id`,
  'COMMIT',
  'CHECKPOINT',
]

const instance = await DuckDBInstance.create(database)
const connection = await instance.connect()
for (const statement of statements) await connection.run(statement)
connection.closeSync()
instance.closeSync()
