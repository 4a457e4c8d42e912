import { join } from 'node:path'

import { runProcess } from '../measure.mjs'
import { duckdbDriver } from '../product.mjs'
import { compareRuns } from '../two-deliveries.mjs'

const SCRIPT = join(import.meta.dirname, '../baselines/duckdb.mjs')

export default {
  name: 'duckdb-run',
  target:
    'qarion run of two deliveries ≤ 1.25 × typed reads and the same comparison by hand with @duckdb/node-api',
  async run(context) {
    const byHand = ({ database, oldFile, newFile, extent }) =>
      runProcess(context.node, [SCRIPT, duckdbDriver(), database, oldFile, newFile, extent], {
        memory: true,
      })
    const results = []
    for (const rows of context.rows) {
      for (const order of context.orders) {
        results.push(
          ...(await compareRuns(context, { engine: 'duckdb', rows, order, byHand })).results,
        )
      }
    }
    return results
  },
}
