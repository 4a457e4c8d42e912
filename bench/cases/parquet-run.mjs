import { join } from 'node:path'

import { interleave, ratioOf, runProcess, secondsOf } from '../measure.mjs'
import { asParquet } from '../parquet-files.mjs'
import { deliver, duckdbDriver, polarsDriver, writeProject } from '../product.mjs'
import { formatRows } from '../two-deliveries.mjs'

const SCRIPT = join(import.meta.dirname, '../baselines/parquet.mjs')
const CHILD = join(import.meta.dirname, '../steps-child.mjs')
const LIMIT = 1.2
const DRIVERS = { duckdb: duckdbDriver, polars_memory: polarsDriver, polars_local: polarsDriver }

export default {
  name: 'parquet-run',
  target: `the load of a Parquet file ≤ ${LIMIT} × the engine's own read of it into a table`,
  async run(context) {
    const results = []
    for (const rows of context.rows) {
      const { files } = await context.deliveries({ rows, order: 'sorted' })
      const parquet = await asParquet(files)
      for (const engine of Object.keys(DRIVERS))
        results.push(await compare(context, { engine, rows, files: parquet }))
    }
    return results
  },
}

async function compare(context, { engine, rows, files }) {
  let project
  const qarion = {
    name: 'qarion',
    prepare() {
      project = writeProject(context.folder('parquet-project'), {
        product: context.product,
        engine,
        format: 'parquet',
      })
      deliver(project, files)
      context.settle()
    },
    async run() {
      const words = [CHILD, context.product.sdk, project.directory]
      const steps = JSON.parse((await runProcess(context.node, words)).stdout)
      return { seconds: steps.find(({ batch, step }) => batch === 2 && step === 'load').seconds }
    },
  }
  let database
  const hand = {
    name: 'hand',
    prepare() {
      database = context.folder('parquet-hand')
      context.settle()
    },
    async run() {
      const words = [SCRIPT, engine, DRIVERS[engine](), database]
      const { stdout } = await runProcess(context.node, [
        ...words,
        ...files.map(({ path }) => path),
      ])
      return { seconds: JSON.parse(stdout)[1] }
    },
  }
  for (const subject of [qarion, hand]) {
    subject.prepare()
    await subject.run()
  }
  const samples = await interleave([qarion, hand], context.rounds)
  for (const name of ['parquet-project', 'parquet-hand']) context.folder(name)
  return {
    measure: `${engine} ${formatRows(rows)}: load of a Parquet file / the engine's own read`,
    unit: '×',
    limit: LIMIT,
    ...ratioOf(samples.qarion, samples.hand),
    seconds: Object.fromEntries(Object.entries(samples).map(([name, of]) => [name, secondsOf(of)])),
  }
}
