import { checkFeed } from './feed-counts.mjs'
import { cpuRatioOf, interleave, peakOf, ratioOf, secondsOf } from './measure.mjs'
import { deliver, writeProject } from './product.mjs'

/**
 * `qarion run` of two deliveries, process start included, next to the same work by hand. `byHand(request)` runs one
 * hand-written comparison into `request.database` with `request.extent` `feed` (the rows of the first delivery are
 * written as `new` too: the same change feed as Qarion's) or `comparison` (only what differs between the two).
 */
export async function compareRuns(context, { engine, rows, order, byHand, limit = 1.25 }) {
  const { files, known } = await context.deliveries({ rows, order })
  const project = () =>
    writeProject(context.folder(`${engine}-project`), { product: context.product, engine })
  let current
  const qarion = {
    name: 'qarion',
    prepare() {
      current = project()
      deliver(current, files)
      context.settle()
    },
    run: () => context.qarion(['run', '--quiet'], { cwd: current.directory, memory: true }),
  }
  const hand = (extent) => {
    let database
    return {
      name: extent,
      prepare() {
        database = `${context.folder(`${engine}-hand`)}.${engine}`
        removeDatabase(context, database)
        context.settle()
      },
      run: () => byHand({ database, oldFile: files[0].path, newFile: files[1].path, extent }),
      check: () =>
        checkFeed({
          engine,
          database,
          table: 'change_feed',
          known,
          firstBatch: extent === 'feed' ? 1 : 2,
        }),
    }
  }
  const subjects = [qarion, hand('feed'), hand('comparison')]

  // One round that is not counted: it warms the file cache and proves that all three give the right rows.
  for (const subject of subjects) {
    subject.prepare()
    await subject.run()
    if (subject.check !== undefined) await subject.check()
    else if (current.database !== undefined)
      await checkFeed({ engine, database: current.database, table: current.feedTable, known })
  }
  const samples = await interleave(subjects, context.rounds)
  context.folder(`${engine}-project`)
  removeDatabase(context, `${context.folder(`${engine}-hand`)}.${engine}`)

  const what = `${engine} ${formatRows(rows)} ${order}`
  const seconds = Object.fromEntries(
    Object.entries(samples).map(([name, of]) => [name, secondsOf(of)]),
  )
  const peaksMb = Object.fromEntries(
    Object.entries(samples).map(([name, of]) => [name, peakOf(of)]),
  )
  return {
    peaksMb,
    results: [
      {
        measure: `${what}: qarion run / the same feed by hand`,
        unit: '×',
        limit,
        ...ratioOf(samples.qarion, samples.feed),
        cpuRatio: cpuRatioOf(samples.qarion, samples.feed),
        seconds,
        peaksMb,
      },
      // No target: it leaves out the million rows that the first delivery puts into a change feed.
      {
        measure: `${what}: qarion run / only the comparison by hand`,
        unit: '×',
        ...ratioOf(samples.qarion, samples.comparison),
        cpuRatio: cpuRatioOf(samples.qarion, samples.comparison),
        seconds,
        peaksMb,
      },
    ],
  }
}

function removeDatabase(context, database) {
  const name = database.split('/').at(-1)
  for (const suffix of ['', '-wal', '-shm', '-journal', '.wal']) context.folder(`${name}${suffix}`)
}

export function formatRows(rows) {
  return rows % 1_000_000 === 0
    ? `${rows / 1_000_000} M`
    : rows % 1000 === 0
      ? `${rows / 1000} k`
      : String(rows)
}
