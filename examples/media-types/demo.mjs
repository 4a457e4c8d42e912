// The main job on real data: loads twelve deliveries with every engine through the command line, shows what changed, and
// holds the result against a comparison made without Qarion (expected-counts.json). Any difference ends it with 1.
//
//   node demo.mjs

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('.', import.meta.url))
const QARION = fileURLToPath(new URL('../../apps/cli/bin/qarion.js', import.meta.url))
const DATASETS = ['media_types.change_feed', 'media_types.current']
const URL_VARIABLE = 'QARION_DEMO_POSTGRES_URL'
const ENGINES = [
  { title: 'SQLite', options: [] },
  { title: 'DuckDB', options: ['--env', 'duckdb'] },
  { title: 'Polars', options: ['--env', 'polars'] },
  { title: 'memory', options: ['--env', 'memory'] },
]
const expected = JSON.parse(readFileSync(new URL('expected-counts.json', import.meta.url), 'utf8'))
const failures = []
const noServer = await startPostgres()
if (noServer === undefined) ENGINES.push({ title: 'PostgreSQL', options: ['--env', 'postgres'] })

// Everything below these two folders was made by an earlier run.
for (const folder of ['data', '.qarion']) {
  rmSync(new URL(folder, import.meta.url), { recursive: true, force: true })
}

say(
  'Twelve releases of the media-type registry, each delivered whole. What changed from one to the next?',
)
const results = ENGINES.map(({ title, options }, index) => {
  heading(`${title}: load every delivery`)
  show(['run', ...options])
  if (index === 0) {
    heading('Some of what changed, old → new')
    show(['diff', 'media_types', '--batch', `2..${expected.length}`, '--limit', '2', ...options])
    heading('A second run has nothing to do')
    show(['run', ...options])
  }
  return new Map(
    DATASETS.map((dataset) => [dataset, read(['show', dataset, '--format', 'csv', ...options])]),
  )
})

heading('Are the counts those of a comparison made without Qarion?')
for (const [index, { title }] of ENGINES.entries()) compareCounts(title, results[index])

heading('Did all engines give the same bytes?')
for (const dataset of DATASETS) {
  const hashes = results.map((result) =>
    createHash('sha256').update(result.get(dataset)).digest('hex'),
  )
  for (const [index, { title }] of ENGINES.entries())
    say(`  ${title}  ${hashes[index]}  ${dataset}`)
  if (new Set(hashes).size > 1) failures.push(`${dataset} differs between the engines`)
}

if (noServer !== undefined) say(`\nPostgreSQL was left out: ${noServer}`)
heading(failures.length === 0 ? 'Everything agrees.' : 'NOT AS EXPECTED')
for (const failure of failures) say(`  ${failure}`)
if (failures.length === 0) {
  say('Look further, in examples/media-types:')
  for (const words of [
    'status',
    'plan',
    'show media_types.current --where "compressible"',
    'runs',
  ]) {
    say(`  npx -y pnpm@12 exec qarion ${words}`)
  }
}
process.exitCode = failures.length === 0 ? 0 : 1

/** Sees to it that there is a server, which ends with this process; says why where there is none. */
async function startPostgres() {
  if (process.env[URL_VARIABLE] !== undefined) return undefined
  try {
    const { serverUrl } = await import('@qarion/postgres-server')
    process.env[URL_VARIABLE] = await serverUrl()
    return undefined
  } catch (error) {
    return error.message
  }
}

/** Counts the feed's rows per batch and kind, and holds them against the expected ones. */
function compareCounts(title, result) {
  const [header, ...rows] = parseCsv(result.get('media_types.change_feed').toString('utf8'))
  const batchAt = header.indexOf('xt_batch_id')
  const typeAt = header.indexOf('xt_record_type')
  let total = 0
  say(
    `  ${title.padEnd(34)}${['new', 'changed', 'deleted', 'reinserted', 'rows'].map((name) => name.padStart(12)).join('')}`,
  )
  for (const [index, wanted] of expected.entries()) {
    const types = rows.filter((row) => row[batchAt] === String(index + 1)).map((row) => row[typeAt])
    const count = (type) => types.filter((other) => other === type).length
    total += count('new') + count('reinserted') - count('deleted')
    const found = {
      file: basename(wanted.file),
      new: count('new'),
      changed: count('changed'),
      deleted: count('deleted'),
      reinserted: count('reinserted'),
      total,
    }
    const isSame = JSON.stringify(found) === JSON.stringify(wanted)
    const { file, ...counts } = found
    say(
      `  ${file.padEnd(34)}${Object.values(counts)
        .map((value) => String(value).padStart(12))
        .join('')}  ${isSame ? 'agrees' : 'DIFFERS'}`,
    )
    if (!isSame) failures.push(`${title}, ${file}: expected ${JSON.stringify(wanted)}`)
  }
  const [, ...current] = parseCsv(result.get('media_types.current').toString('utf8'))
  if (current.length !== total)
    failures.push(`${title}: current has ${current.length} rows, not ${total}`)
}

/** Records of fields; a field in double quotes may hold commas, line ends and "" for a quote. */
function parseCsv(text) {
  const records = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    records.at(-1).push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === '\n') records.push([])
  }
  return records.slice(0, -1)
}

/** Runs `qarion` as one would type it; its output is ours. */
function show(words) {
  say(`$ qarion ${words.join(' ')}`)
  finish(
    words,
    spawnSync(process.execPath, [QARION, ...words, '--project', PROJECT], { stdio: 'inherit' }),
  )
}

/** What `qarion` prints, byte for byte. */
function read(words) {
  const result = spawnSync(process.execPath, [QARION, ...words, '--project', PROJECT], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 256 * 1024 * 1024,
  })
  finish(words, result)
  return result.stdout
}

function finish(words, { status, signal }) {
  if (status === 0) return
  say(`\nqarion ${words.join(' ')} ended with ${status ?? signal}`)
  process.exit(1)
}

function heading(text) {
  say(`\n${text}\n`)
}

// Written at once, so that it stands before what the next command prints.
function say(text) {
  process.stdout.write(`${text}\n`)
}
