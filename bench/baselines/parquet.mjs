// Parquet files as an engine reads them by itself: each into a table of its own.
//
//   node parquet.mjs duckdb|polars_memory|polars_local <module of the driver> <database> <file> …
//
// Prints the seconds of each file.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [engine, driver, database, ...files] = process.argv.slice(2)
const library = await import(pathToFileURL(driver).href)

const READERS = {
  async duckdb() {
    const connection = await (await library.DuckDBInstance.create(database)).connect()
    return (file, index) =>
      connection.run(`CREATE TABLE delivery_${index} AS SELECT * FROM read_parquet('${file}')`)
  },
  async polars_memory() {
    const kept = []
    return async (file) => kept.push(await library.default.scanParquet(file).collect())
  },
  async polars_local() {
    mkdirSync(database, { recursive: true })
    return (file, index) =>
      library.default
        .scanParquet(file)
        .sinkParquet(join(database, `delivery_${index}.parquet`), {
          compression: 'lz4',
          syncOnClose: 'all',
        })
        .collect()
  },
}

const read = await READERS[engine]()
const seconds = []
for (const [index, file] of files.entries()) {
  const startedAt = performance.now()
  await read(file, index)
  seconds.push((performance.now() - startedAt) / 1000)
}
process.stdout.write(JSON.stringify(seconds))
