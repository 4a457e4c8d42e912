import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { scriptsOfDeliveries, scriptsOfFeed } from '../baselines/scd2-sqlite.mjs'
import { sqliteShell } from '../context.mjs'
import { cpuRatioOf, interleave, ratioOf, runProcess, secondsOf } from '../measure.mjs'
import { duckdbDriver, writeFollowingFlow, writeProject } from '../product.mjs'
import { SERIES_ENGINES } from '../series.mjs'
import { formatRows } from '../two-deliveries.mjs'

const CHILD = join(import.meta.dirname, '../batch-child.mjs')
const DUCKDB = join(import.meta.dirname, '../baselines/scd2-duckdb.mjs')
const FEED = 'raw_orders_change_feed'
/** The dimension by flow: of the deliveries themselves, and of the change feed. */
const DIMENSIONS = { orders: 'raw_orders_dimension', history: 'raw_history_dimension' }
const SUFFIXES = ['', '-wal', '-shm', '-journal', '.wal']

export default {
  name: 'scd2-run',
  target:
    'a batch of 2 %, over a full delivery and over a change feed ≤ 1.3 × the same in hand-written SQL',
  async run(context) {
    const results = []
    for (const engine of SERIES_ENGINES) {
      if (engine === 'sqlite' && sqliteShell() === undefined) {
        results.push({ measure: 'sqlite', notRun: 'there is no sqlite3 shell on the PATH' })
        continue
      }
      for (const rows of context.rows)
        for (const flow of ['orders', 'history'])
          results.push(await compareBatch(context, { engine, rows, flow }))
    }
    return results
  },
}

/** The second of two batches, by Qarion and by hand, each in a process that has applied the first. */
async function compareBatch(context, { engine, rows, flow }) {
  const { directory, files, known } = await context.deliveries({ rows, order: 'sorted' })
  const isFeed = flow === 'history'
  const makeProject = (name) => {
    const project = writeProject(context.folder(name), {
      product: context.product,
      engine,
      flowType: isFeed ? 'change_feed' : 'scd2',
    })
    if (isFeed) writeFollowingFlow(project, { id: 'history', flowType: 'scd2' })
    return project
  }
  const applyTo = async (project, deliveries) => {
    const names = JSON.stringify(deliveries.map(({ name }) => name))
    const words = [CHILD, context.product.sdk, project.directory, directory, names, flow]
    return JSON.parse((await runProcess(context.node, words)).stdout)
  }
  let project
  let database
  const qarion = {
    name: 'qarion',
    prepare() {
      project = makeProject(`${engine}-scd2`)
      context.settle()
    },
    run: () => applyTo(project, files),
  }
  // What the hand-written statements start from: the feed of both batches, and the dimension of the first.
  const prepared = isFeed
    ? await preparedFeed(context, engine, makeProject, files, directory)
    : undefined
  const hand = {
    name: 'by hand',
    prepare() {
      database = `${context.folder(`${engine}-scd2-hand`)}.${engine}`
      removeDatabase(context, database)
      if (prepared !== undefined) copyFileSync(prepared, database)
      context.settle()
    },
    run: () => byHand(context, { engine, database, isFeed, files }),
  }
  for (const subject of [qarion, hand]) {
    subject.prepare()
    await subject.run()
  }
  await checkDimension(engine, project.database, DIMENSIONS[flow], known, rows)
  await checkDimension(engine, database, 'dimension', known, rows)
  const samples = await interleave([qarion, hand], context.rounds)
  for (const name of [`${engine}-scd2`, `${engine}-scd2-feed`]) context.folder(name)
  removeDatabase(context, database)
  return {
    measure: `${engine} ${formatRows(rows)}, scd2 over ${isFeed ? 'a change feed' : 'deliveries'}: batch of 2 % / the same by hand`,
    unit: '×',
    limit: 1.3,
    ...ratioOf(samples.qarion, samples['by hand']),
    cpuRatio: cpuRatioOf(samples.qarion, samples['by hand']),
    seconds: Object.fromEntries(Object.entries(samples).map(([name, of]) => [name, secondsOf(of)])),
  }
}

/** A database file with the feed of both deliveries and the dimension of the first. */
async function preparedFeed(context, engine, makeProject, files, directory) {
  const project = makeProject(`${engine}-scd2-feed`)
  const words = [context.product.sdk, project.directory, directory]
  await runProcess(context.node, [CHILD, ...words, JSON.stringify([files[0].name]), 'history'])
  await runProcess(context.node, [CHILD, ...words, JSON.stringify([files[1].name]), 'orders'])
  return project.database
}

async function byHand(context, { engine, database, isFeed, files }) {
  if (engine === 'duckdb') {
    const words = isFeed
      ? ['feed', FEED, DIMENSIONS.history]
      : ['deliveries', ...files.map(({ path }) => path)]
    const { stdout } = await runProcess(context.node, [DUCKDB, duckdbDriver(), database, ...words])
    return JSON.parse(stdout)
  }
  const { before, second } = isFeed
    ? scriptsOfFeed(FEED, DIMENSIONS.history)
    : scriptsOfDeliveries(...files.map(({ path }) => path))
  await runProcess('sqlite3', [database], { input: before })
  context.settle()
  return runProcess('sqlite3', [database], { input: second, memory: true })
}

/** Throws unless the dimension after the second batch holds as many versions of each kind as the generator knows. */
async function checkDimension(engine, database, table, known, rows) {
  const { new: opened, changed, deleted } = known[1]
  const sql = `SELECT coalesce(xt_close_reason, 'open'), xt_batch_id, count(*) FROM ${table} GROUP BY 1, 2 ORDER BY 1, 2`
  const found = (await ask(engine, database, sql)).map((row) => row.map(String).join(' '))
  const expected = [
    `changed 1 ${changed}`,
    `deleted 1 ${deleted}`,
    `open 1 ${rows - changed - deleted}`,
    `open 2 ${opened + changed}`,
  ]
  if (found.join('; ') !== expected.join('; '))
    throw new Error(
      `${database}: ${table} holds ${found.join('; ')}, the generator knows ${expected.join('; ')}`,
    )
}

async function ask(engine, database, sql) {
  if (engine === 'sqlite') {
    const { stdout } = await runProcess('sqlite3', ['-readonly', database, sql])
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split('|'))
  }
  const { DuckDBInstance } = await import(pathToFileURL(duckdbDriver()).href)
  const instance = await DuckDBInstance.create(database, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(sql)).getRows()
  connection.closeSync()
  instance.closeSync()
  return rows
}

function removeDatabase(context, database) {
  const name = database.split('/').at(-1)
  for (const suffix of SUFFIXES) context.folder(`${name}${suffix}`)
}
