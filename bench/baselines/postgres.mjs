// The comparison as one writes it by hand with the driver of Node: COPY of two files into two typed tables, a primary
// key on each, what differs into a change feed, one commit.
//
//   node postgres.mjs <module of pg> <url> <schema> <old.csv> <new.csv>
//
// Prints the seconds of each COPY and of what follows it.
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [driver, url, schema, oldFile, newFile] = process.argv.slice(2)
const { default: pg } = await import(pathToFileURL(driver).href)

const COLUMNS = {
  id: 'BIGINT NOT NULL',
  amount: 'NUMERIC(12,2)',
  ordered_on: 'DATE',
  updated_at: 'TIMESTAMP',
  is_paid: 'BOOLEAN',
  customer: 'TEXT COLLATE "C"',
  city: 'TEXT COLLATE "C"',
  note: 'TEXT COLLATE "C"',
}
const names = Object.keys(COLUMNS)
const compared = names.slice(1)
const columns = names.map((name) => `${name} ${COLUMNS[name]}`).join(', ')
const all = (table) => names.map((name) => `${table}.${name}`).join(', ')
const differs = compared.map((name) => `n.${name} IS DISTINCT FROM o.${name}`)
const changed = compared
  .map((name, index) => `CASE WHEN ${differs[index]} THEN '"${name}"' END`)
  .join(', ')

const client = new pg.Client({ connectionString: url })
await client.connect()
// As Qarion's own sessions, and as anybody sets it who compares a million rows.
await client.query("SET TimeZone = 'UTC'; SET work_mem = '64MB'")
await client.query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}`)
await client.query(
  `CREATE TABLE change_feed (${columns}, xt_batch_id BIGINT, xt_batch_time TIMESTAMP, xt_record_type TEXT, xt_changed_columns TEXT)`,
)

const loadSeconds = []
for (const [table, file] of [
  ['delivery_1', oldFile],
  ['delivery_2', newFile],
]) {
  await client.query('BEGIN')
  await client.query(`CREATE TABLE ${table} (${columns})`)
  loadSeconds.push(await seconds(() => copy(table, file)))
  await client.query('COMMIT')
}
const feedSeconds = []
feedSeconds.push(
  await seconds(async () => {
    await client.query('BEGIN; ALTER TABLE delivery_1 ADD PRIMARY KEY (id)')
    await client.query(
      `INSERT INTO change_feed SELECT ${all('n')}, 1, '2024-01-01', 'new', NULL FROM delivery_1 n`,
    )
    await client.query('COMMIT')
  }),
  await seconds(async () => {
    await client.query('BEGIN; ALTER TABLE delivery_2 ADD PRIMARY KEY (id)')
    await client.query(
      `INSERT INTO change_feed
       SELECT ${all('n')}, 2, '2024-01-02', CASE WHEN o.id IS NULL THEN 'new' ELSE 'changed' END,
         CASE WHEN o.id IS NULL THEN NULL ELSE '[' || concat_ws(',', ${changed}) || ']' END
       FROM delivery_2 n LEFT JOIN delivery_1 o ON o.id = n.id
       WHERE o.id IS NULL OR ${differs.join(' OR ')}`,
    )
    await client.query(
      `INSERT INTO change_feed
       SELECT ${all('o')}, 2, '2024-01-02', 'deleted', NULL FROM delivery_1 o
       WHERE NOT EXISTS (SELECT 1 FROM delivery_2 n WHERE o.id = n.id)`,
    )
    await client.query('COMMIT')
  }),
)
await client.end()
process.stdout.write(JSON.stringify({ loadSeconds, feedSeconds }))

async function seconds(work) {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1000
}

/** The file's bytes as they are, through the driver's connection. */
async function copy(table, file) {
  const started = Promise.withResolvers()
  const ended = Promise.withResolvers()
  const { stream } = client.connection
  client.query({
    submit: (connection) => connection.query(`COPY ${table} FROM STDIN (FORMAT csv, HEADER)`),
    handleCopyInResponse: started.resolve,
    handleCommandComplete: () => {},
    handleReadyForQuery: ended.resolve,
    handleError: (error) => {
      started.reject(error)
      ended.reject(error)
    },
  })
  await started.promise
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
    const head = Buffer.alloc(5, 'd')
    head.writeUInt32BE(chunk.length + 4, 1)
    stream.write(head)
    if (!stream.write(chunk)) await once(stream, 'drain')
  }
  client.connection.endCopyFrom()
  await ended.promise
}
