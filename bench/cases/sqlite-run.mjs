import { sqliteScript, TABLE_FORM } from '../baselines/sqlite.mjs'
import { sqliteShell } from '../context.mjs'
import { runProcess } from '../measure.mjs'
import { compareRuns, formatRows } from '../two-deliveries.mjs'

export const PEAK_LIMIT_MB = 300

export default {
  name: 'sqlite-run',
  target: `qarion run of two deliveries ≤ 1.25 × the sqlite3 shell: .import of both (${TABLE_FORM}) and the same comparison in SQL; peak memory ≤ ${PEAK_LIMIT_MB} MB`,
  async run(context) {
    if (sqliteShell() === undefined) {
      return [{ measure: 'sqlite', notRun: 'there is no sqlite3 shell on the PATH' }]
    }
    const byHand = ({ database, ...request }) =>
      runProcess('sqlite3', [database], { input: sqliteScript(request), memory: true })
    const results = []
    for (const rows of context.rows) {
      for (const order of context.orders) {
        const { results: ratios, peaksMb } = await compareRuns(context, {
          engine: 'sqlite',
          rows,
          order,
          byHand,
        })
        results.push(
          ...ratios,
          peakResult(
            `sqlite ${formatRows(rows)} ${order}: peak memory of qarion run`,
            peaksMb.qarion,
          ),
        )
      }
    }
    return results
  },
}

/** A result that states a peak in MB (10^6 bytes) against the limit. */
export function peakResult(measure, peakMb) {
  if (peakMb === undefined) return { measure, notRun: 'memory is not measured on this platform' }
  const megabytes = (peakMb * 2 ** 20) / 1e6
  return {
    measure,
    unit: 'MB',
    limit: PEAK_LIMIT_MB,
    median: megabytes,
    min: megabytes,
    max: megabytes,
  }
}
