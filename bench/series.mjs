import { join } from 'node:path'

import { sqliteShell } from './context.mjs'
import { checkFeed } from './feed-counts.mjs'
import { runProcess, spread } from './measure.mjs'
import { writeProject } from './product.mjs'
import { formatRows } from './two-deliveries.mjs'

const BATCHES = 50
const COMPARED = [2, 12, 50]
const CHILD = join(import.meta.dirname, 'series-child.mjs')

export const SERIES_ENGINES = ['duckdb', 'sqlite']

/**
 * Runs 50 deliveries of the same size one by one in one process through the sdk, `context.rounds` times, the engines in
 * turn; a change feed unless told. Per engine and round: `[{ seconds, bytes }]` by batch, `bytes` being what the data
 * folder holds afterwards.
 */
export function runSeries(context, flowType = 'change_feed') {
  return context.once(`series ${flowType}`, async () => {
    const { directory, files, known } = await context.deliveries({
      rows: context.seriesRows,
      deliveries: BATCHES,
    })
    const series = Object.fromEntries(SERIES_ENGINES.map((engine) => [engine, []]))
    for (let round = 0; round < context.rounds; round += 1) {
      for (const engine of SERIES_ENGINES) {
        const project = writeProject(context.folder(`${engine}-series`), {
          product: context.product,
          engine,
          flowType,
        })
        context.settle()
        const names = JSON.stringify(files.map(({ name }) => name))
        const { stdout } = await runProcess(context.node, [
          CHILD,
          context.product.sdk,
          project.directory,
          directory,
          names,
        ])
        if (
          flowType === 'change_feed' &&
          round === 0 &&
          (engine === 'duckdb' || sqliteShell() !== undefined)
        ) {
          await checkFeed({ engine, database: project.database, table: project.feedTable, known })
        }
        series[engine].push(JSON.parse(stdout))
        context.folder(`${engine}-series`)
      }
    }
    return series
  })
}

/** How batch 50 compares with batch 2, per engine. */
export async function steadyResults(context, flowType = 'change_feed') {
  const series = await runSeries(context, flowType)
  const what = flowType === 'change_feed' ? '' : `, ${flowType}`
  return SERIES_ENGINES.map((engine) => ({
    measure: `${engine} ${formatRows(context.seriesRows)}${what}: seconds of batch 50 / of batch 2`,
    unit: '×',
    limit: 1.3,
    ...spread(series[engine].map((batches) => batches[49].seconds / batches[1].seconds)),
    seconds: Object.fromEntries(
      COMPARED.map((batch) => [
        `batch ${batch}`,
        spread(series[engine].map((batches) => batches[batch - 1].seconds)),
      ]),
    ),
  }))
}
