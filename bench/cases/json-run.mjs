import { checkFeed } from '../feed-counts.mjs'
import { asJsonLines } from '../json-lines.mjs'
import { cpuRatioOf, interleave, peakOf, ratioOf, secondsOf } from '../measure.mjs'
import { deliver, writeProject } from '../product.mjs'
import { formatRows } from '../two-deliveries.mjs'
import { PEAK_LIMIT_MB, peakResult } from './sqlite-run.mjs'

export default {
  name: 'json-run',
  target: `qarion run of two deliveries in JSON Lines on SQLite ≤ 1.5 × the same rows in CSV; peak memory ≤ ${PEAK_LIMIT_MB} MB`,
  async run(context) {
    const results = []
    for (const rows of context.rows) {
      const { files, known } = await context.deliveries({ rows, order: 'sorted' })
      const jsonFiles = await asJsonLines(files)
      const subjects = [subjectOf(context, 'csv', files), subjectOf(context, 'json', jsonFiles)]
      // One round that is not counted: it warms the file cache and proves that both give the right rows.
      for (const subject of subjects) {
        const { database, feedTable } = subject.prepare()
        await subject.run()
        await checkFeed({ engine: 'sqlite', database, table: feedTable, known })
      }
      const samples = await interleave(subjects, context.rounds)
      for (const { name } of subjects) context.folder(`${name}-project`)
      const peaksMb = { csv: peakOf(samples.csv), json: peakOf(samples.json) }
      results.push(
        {
          measure: `sqlite ${formatRows(rows)} sorted: JSON Lines / CSV`,
          unit: '×',
          limit: 1.5,
          ...ratioOf(samples.json, samples.csv),
          cpuRatio: cpuRatioOf(samples.json, samples.csv),
          seconds: { csv: secondsOf(samples.csv), json: secondsOf(samples.json) },
          peaksMb,
        },
        peakResult(`sqlite ${formatRows(rows)} sorted: peak memory with JSON Lines`, peaksMb.json),
      )
    }
    return results
  },
}

function subjectOf(context, format, files) {
  let directory
  return {
    name: format,
    prepare() {
      const project = writeProject(context.folder(`${format}-project`), {
        product: context.product,
        engine: 'sqlite',
        format,
      })
      deliver(project, files)
      context.settle()
      directory = project.directory
      return project
    },
    run: () => context.qarion(['run', '--quiet'], { cwd: directory, memory: true }),
  }
}
