import { sqliteShell } from '../context.mjs'
import { checkFeed } from '../feed-counts.mjs'
import { deliver, writeProject } from '../product.mjs'
import { formatRows } from '../two-deliveries.mjs'
import { PEAK_LIMIT_MB, peakResult } from './sqlite-run.mjs'

export default {
  name: 'sqlite-memory',
  target: `peak memory of qarion run on SQLite ≤ ${PEAK_LIMIT_MB} MB, whatever the number of rows (one run each)`,
  async run(context) {
    const results = []
    for (const rows of context.memoryRows) {
      for (const order of context.orders) {
        const { files, known } = await context.deliveries({ rows, order })
        const project = writeProject(context.folder('memory-project'), {
          product: context.product,
          engine: 'sqlite',
        })
        deliver(project, files)
        context.settle()
        const { peakMb, seconds } = await context.qarion(['run', '--quiet'], {
          cwd: project.directory,
          memory: true,
        })
        if (sqliteShell() !== undefined) {
          await checkFeed({
            engine: 'sqlite',
            database: project.database,
            table: project.feedTable,
            known,
          })
        }
        context.folder('memory-project')
        results.push({
          ...peakResult(`sqlite ${formatRows(rows)} ${order}: peak memory of qarion run`, peakMb),
          seconds: { qarion: { median: seconds, min: seconds, max: seconds } },
        })
      }
    }
    return results
  },
}
