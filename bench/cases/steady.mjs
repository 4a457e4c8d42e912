import { spread } from '../measure.mjs'
import { runSeries, SERIES_ENGINES } from '../series.mjs'
import { formatRows } from '../two-deliveries.mjs'

export default {
  name: 'steady',
  target: 'batch 50 ≤ 1.3 × batch 2 at constant state',
  async run(context) {
    const series = await runSeries(context)
    return SERIES_ENGINES.map((engine) => {
      const secondsOf = (batch) =>
        spread(series[engine].map((batches) => batches[batch - 1].seconds))
      return {
        measure: `${engine} ${formatRows(context.seriesRows)}: seconds of batch 50 / of batch 2`,
        unit: '×',
        limit: 1.3,
        ...spread(series[engine].map((batches) => batches[49].seconds / batches[1].seconds)),
        seconds: { 'batch 2': secondsOf(2), 'batch 12': secondsOf(12), 'batch 50': secondsOf(50) },
      }
    })
  },
}
