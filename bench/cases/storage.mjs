import { spread } from '../measure.mjs'
import { runSeries, SERIES_ENGINES } from '../series.mjs'
import { formatRows } from '../two-deliveries.mjs'

export default {
  name: 'storage',
  target: 'what is stored after 12 batches of the same size ≤ 1.5 × after 3',
  async run(context) {
    const series = await runSeries(context)
    return SERIES_ENGINES.map((engine) => {
      const bytesAfter = (batch) => series[engine][0][batch - 1].bytes
      return {
        measure: `${engine} ${formatRows(context.seriesRows)}: bytes after batch 12 / after batch 3`,
        unit: '×',
        limit: 1.5,
        ...spread(series[engine].map((batches) => batches[11].bytes / batches[2].bytes)),
        megabytes: Object.fromEntries(
          [1, 2, 3, 12, 50].map((batch) => [batch, bytesAfter(batch) / 1e6]),
        ),
      }
    })
  },
}
