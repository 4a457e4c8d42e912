import { join } from 'node:path'

import { sqliteShell } from './context.mjs'
import { checkFeed } from './feed-counts.mjs'
import { runProcess } from './measure.mjs'
import { writeProject } from './product.mjs'

const BATCHES = 50
const CHILD = join(import.meta.dirname, 'series-child.mjs')

export const SERIES_ENGINES = ['duckdb', 'sqlite']

/**
 * Runs 50 deliveries of the same size one by one in one process through the sdk, `context.rounds` times, the engines in
 * turn. Per engine and round: `[{ seconds, bytes }]` by batch, `bytes` being what the data folder holds afterwards.
 */
export function runSeries(context) {
  return context.once('series', async () => {
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
        if (round === 0 && (engine === 'duckdb' || sqliteShell() !== undefined)) {
          await checkFeed({ engine, database: project.database, table: project.feedTable, known })
        }
        series[engine].push(JSON.parse(stdout))
        context.folder(`${engine}-series`)
      }
    }
    return series
  })
}
