// Ratios of Qarion against hand-written work, interleaved in one run. See docs/benchmarks.md.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import duckdbRun from './cases/duckdb-run.mjs'
import exportRun from './cases/export-run.mjs'
import help from './cases/help.mjs'
import jsonRun from './cases/json-run.mjs'
import parquetRun from './cases/parquet-run.mjs'
import polarsRun from './cases/polars-run.mjs'
import postgresRun from './cases/postgres-run.mjs'
import scd2Run from './cases/scd2-run.mjs'
import scd2Steady from './cases/scd2-steady.mjs'
import sqliteMemory from './cases/sqlite-memory.mjs'
import sqliteRun from './cases/sqlite-run.mjs'
import steady from './cases/steady.mjs'
import storage from './cases/storage.mjs'
import validate from './cases/validate.mjs'
import { createContext } from './context.mjs'
import { describeMachine } from './machine.mjs'
import { endProcesses } from './measure.mjs'
import { formatReport, formatResult, isMet } from './report.mjs'

const CASES = [
  help,
  validate,
  duckdbRun,
  sqliteRun,
  polarsRun,
  jsonRun,
  parquetRun,
  exportRun,
  postgresRun,
  scd2Run,
  sqliteMemory,
  storage,
  steady,
  scd2Steady,
]
const USAGE = `node bench/run.mjs [options]

  --only NAME     this case only; may be given more than once: ${CASES.map(({ name }) => name).join(' ')}
  --rows N        rows of each delivery; may be given more than once (default 1000000)
  --order ORDER   sorted or shuffled only (default both)
  --rounds N      rounds that count (default 5)
  --full          5 million rows too, and the memory of SQLite at 5 and 20 million: takes about an hour
  --json FILE     the results for machines
`

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    only: { type: 'string', multiple: true },
    rows: { type: 'string', multiple: true },
    order: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(USAGE)
else await bench()

async function bench() {
  const unknown = (values.only ?? []).filter((name) => !CASES.some((one) => one.name === name))
  if (unknown.length > 0) throw new Error(`there is no case ${unknown.join(', ')}\n\n${USAGE}`)
  const given = values.rows?.map(Number)
  const context = createContext({
    rows: given ?? (values.full ? [1_000_000, 5_000_000] : [1_000_000]),
    memoryRows: given ?? (values.full ? [1_000_000, 5_000_000, 20_000_000] : [1_000_000]),
    seriesRows: Math.min(100_000, ...(given ?? [])),
    orders: values.order === undefined ? ['sorted', 'shuffled'] : [values.order],
    rounds: Number(values.rounds),
    seed: 1,
  })
  if (context.product.unbuilt.length > 0)
    context.log(`not built, and so not there: ${context.product.unbuilt.join(', ')} (pnpm build)`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      endProcesses()
      context.close()
      process.exit(130)
    })
  }
  const machine = describeMachine()
  const done = []
  try {
    for (const one of CASES.filter(({ name }) => values.only?.includes(name) ?? true)) {
      context.log(`${one.name}: ${one.target}`)
      const results = await one
        .run(context)
        .catch((error) => [{ measure: one.name, crashed: String(error?.stack ?? error) }])
      for (const result of results) context.log(`  ${formatResult(result)}`)
      done.push({
        name: one.name,
        target: one.target,
        results: results.map((result) => ({ ...result, isMet: isMet(result) })),
      })
    }
  } finally {
    context.close()
  }
  process.stdout.write(formatReport(machine, context.rounds, done))
  if (values.json !== undefined) {
    writeFileSync(
      values.json,
      `${JSON.stringify({ version: 1, machine, rounds: context.rounds, cases: done }, null, 2)}\n`,
    )
  }
  if (done.some(({ results }) => results.some(({ crashed }) => crashed !== undefined)))
    process.exitCode = 1
}
