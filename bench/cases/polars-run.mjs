import { join } from 'node:path'

import { runProcess } from '../measure.mjs'
import { polarsDriver } from '../product.mjs'
import { compareRuns } from '../two-deliveries.mjs'

const SCRIPT = join(import.meta.dirname, '../baselines/polars.mjs')
const LIMITS = { polars_memory: 1.6, polars_local: 2 }

export default {
  name: 'polars-run',
  target: `qarion run of two deliveries ≤ 1.6 × (in memory) and 2 × (as files) typed reads and the same comparison by hand with nodejs-polars, into Parquet files`,
  async run(context) {
    const byHand = ({ database, oldFile, newFile, extent }) =>
      runProcess(context.node, [SCRIPT, polarsDriver(), database, oldFile, newFile, extent], {
        memory: true,
      })
    const results = []
    for (const rows of context.rows) {
      for (const order of context.orders) {
        for (const [engine, limit] of Object.entries(LIMITS)) {
          const request = { engine, rows, order, byHand, limit }
          results.push(...(await compareRuns(context, request)).results)
        }
      }
    }
    return results
  },
}
