import { createHash } from 'node:crypto'
import { createReadStream, rmSync } from 'node:fs'
import { join } from 'node:path'

import { exportStatement } from '../baselines/sqlite-export.mjs'
import { sqliteShell } from '../context.mjs'
import { cpuRatioOf, interleave, peakOf, ratioOf, runProcess, secondsOf } from '../measure.mjs'
import { deliver, writeExportFlow, writeProject } from '../product.mjs'
import { formatRows } from '../two-deliveries.mjs'

const TABLE = 'raw_orders_current'
const FORMATS = { csv: { limit: 1.4 }, parquet: { limit: 3 } }

export default {
  name: 'export-run',
  target: `qarion run of an export of SQLite: CSV ≤ ${FORMATS.csv.limit} ×, Parquet ≤ ${FORMATS.parquet.limit} × the sqlite3 shell's -csv of the same text`,
  async run(context) {
    if (sqliteShell() === undefined)
      return [{ measure: 'export', notRun: 'there is no sqlite3 shell on the PATH' }]
    const results = []
    for (const rows of context.rows)
      for (const order of context.orders)
        results.push(...(await compareExports(context, { rows, order })))
    return results
  },
}

async function compareExports(context, { rows, order }) {
  const { files } = await context.deliveries({ rows, order })
  const project = writeProject(context.folder('export-project'), {
    product: context.product,
    engine: 'sqlite',
  })
  deliver(project, files.slice(0, 1))
  for (const format of Object.keys(FORMATS)) writeExportFlow(project, format)
  await context.qarion(['run', 'orders', '--quiet'], { cwd: project.directory })

  const qarion = Object.keys(FORMATS).map((format) =>
    subjectOf(context, format, join(project.directory, 'exports', `rows.${format}`), () =>
      context.qarion(['run', `export_${format}`, '--quiet'], {
        cwd: project.directory,
        memory: true,
      }),
    ),
  )
  const shell = ['text', 'stored'].map((form) => {
    const output = join(project.directory, `${form}.csv`)
    return subjectOf(context, form, output, () =>
      runProcess(
        'sqlite3',
        // prettier-ignore
        ['-csv', '-header', '-readonly', '-cmd', `.output ${output}`, project.database, exportStatement({ table: TABLE, form })],
        { memory: true },
      ),
    )
  })
  const subjects = [...qarion, ...shell]
  // One round that is not counted: it warms the file cache and proves that the rows are the same.
  for (const subject of subjects) {
    subject.prepare()
    await subject.run()
  }
  const [ours, theirs] = await Promise.all(
    [qarion[0], shell[0]].map(({ path }) => hashOfRows(path)),
  )
  if (ours !== theirs) throw new Error('the rows of qarion and of the shell are not the same')

  const samples = await interleave(subjects, context.rounds)
  context.folder('export-project')
  const what = `sqlite ${formatRows(rows)} ${order}`
  const behind = (format, form) => ({
    ...ratioOf(samples[format], samples[form]),
    cpuRatio: cpuRatioOf(samples[format], samples[form]),
    seconds: { qarion: secondsOf(samples[format]), sqlite3: secondsOf(samples[form]) },
    peaksMb: { qarion: peakOf(samples[format]), sqlite3: peakOf(samples[form]) },
  })
  return Object.entries(FORMATS).flatMap(([format, { limit }]) => [
    {
      measure: `${what}: export as ${format} / sqlite3 -csv of the same text`,
      unit: '×',
      limit,
      ...behind(format, 'text'),
    },
    // No target: its decimals, times and booleans are integers.
    {
      measure: `${what}: export as ${format} / sqlite3 -csv of what is stored`,
      unit: '×',
      ...behind(format, 'stored'),
    },
  ])
}

function subjectOf(context, name, path, run) {
  return {
    name,
    path,
    prepare() {
      rmSync(path, { force: true })
      context.settle()
    },
    run,
  }
}

/** The shell ends lines with CRLF and quotes more; generated fields hold neither quotes nor line breaks. */
async function hashOfRows(path) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, 'latin1')) {
    hash.update(chunk.replaceAll(/["\r]/g, ''), 'latin1')
  }
  return hash.digest('hex')
}
