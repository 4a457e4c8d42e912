import { join } from 'node:path'

import { checkFeed } from '../feed-counts.mjs'
import { interleave, runProcess, spread } from '../measure.mjs'
import { askPostgres, deliver, postgresDriver, POSTGRES_URL, writeProject } from '../product.mjs'
import { formatRows } from '../two-deliveries.mjs'

const SCRIPT = join(import.meta.dirname, '../baselines/postgres.mjs')
const CHILD = join(import.meta.dirname, '../steps-child.mjs')
const HAND = 'by_hand'

export default {
  name: 'postgres-run',
  target:
    'load ≤ 1.3 × COPY of the same file through the driver; change feed ≤ 1.2 × the same comparison in SQL by hand',
  async run(context) {
    const { startServer } = await import('../../tooling/postgres-server/src/index.ts')
    const server = await startServer({
      isDurable: true,
      settings: { shared_buffers: '512MB', max_wal_size: '4GB' },
    })
    process.env[POSTGRES_URL] = server.url
    try {
      const results = []
      for (const rows of context.rows)
        for (const order of context.orders) results.push(...(await compare(context, rows, order)))
      return results
    } finally {
      await server.stop()
    }
  },
}

async function compare(context, rows, order) {
  const { files, known } = await context.deliveries({ rows, order })
  let project
  const forget = async (schema) => {
    await askPostgres(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    await askPostgres('CHECKPOINT')
    context.settle()
  }
  const qarion = {
    name: 'qarion',
    async prepare() {
      project = writeProject(context.folder('postgres-project'), {
        product: context.product,
        engine: 'postgres',
      })
      deliver(project, files)
      await forget(project.database)
    },
    async run() {
      const words = [CHILD, context.product.sdk, project.directory]
      const steps = JSON.parse((await runProcess(context.node, words)).stdout)
      const secondsOf = (batch, isLoad) =>
        steps
          .filter((one) => one.batch === batch && (one.step === 'load') === isLoad)
          .reduce((sum, { seconds }) => sum + seconds, 0)
      return { load: secondsOf(2, true), feed: secondsOf(2, false) }
    },
    check: () =>
      checkFeed({
        engine: 'postgres',
        database: project.database,
        table: project.feedTable,
        known,
      }),
  }
  const hand = {
    name: 'hand',
    prepare: () => forget(HAND),
    async run() {
      const words = [SCRIPT, postgresDriver(), process.env[POSTGRES_URL], HAND]
      const { stdout } = await runProcess(context.node, [
        ...words,
        ...files.map(({ path }) => path),
      ])
      const { loadSeconds, feedSeconds } = JSON.parse(stdout)
      return { load: loadSeconds[1], feed: feedSeconds[1] }
    },
    check: () => checkFeed({ engine: 'postgres', database: HAND, table: 'change_feed', known }),
  }
  // One round that is not counted: it proves that both give the right rows.
  for (const subject of [qarion, hand]) {
    await subject.prepare()
    await subject.run()
    await subject.check()
  }
  const samples = await interleave([qarion, hand], context.rounds)
  context.folder('postgres-project')
  const ratio = (part) =>
    spread(samples.qarion.map((sample, round) => sample[part] / samples.hand[round][part]))
  const seconds = (part) =>
    Object.fromEntries(
      Object.entries(samples).map(([name, of]) => [name, spread(of.map((sample) => sample[part]))]),
    )
  const what = `postgres ${formatRows(rows)} ${order}`
  return [
    {
      measure: `${what}: load / COPY of the same file`,
      unit: '×',
      limit: 1.3,
      ...ratio('load'),
      seconds: seconds('load'),
    },
    {
      measure: `${what}: change feed / the same comparison by hand`,
      unit: '×',
      limit: 1.2,
      ...ratio('feed'),
      seconds: seconds('feed'),
    },
  ]
}
