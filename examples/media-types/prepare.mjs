// Makes deliveries/media-types_<date>_<version>.csv out of releases of the npm package mime-db.
//
//   node prepare.mjs                fetches each release with `npm pack` into a temporary folder
//   node prepare.mjs --from DIR     reads DIR/<version>/db.json and DIR/<version>/LICENSE instead
//
// The files it makes are committed: run it only to add releases. It needs Node 20 or later, and npm.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'

// Version and day of each release, as the package's HISTORY.md has them.
const RELEASES = [
  ['1.43.0', '2020-01-05'],
  ['1.44.0', '2020-04-22'],
  ['1.45.0', '2020-09-22'],
  ['1.46.0', '2021-02-13'],
  ['1.47.0', '2021-04-01'],
  ['1.48.0', '2021-05-30'],
  ['1.49.0', '2021-07-26'],
  ['1.50.0', '2021-09-15'],
  ['1.51.0', '2021-11-08'],
  ['1.52.0', '2022-02-21'],
  ['1.53.0', '2024-07-12'],
  ['1.54.0', '2025-03-17'],
]
const COLUMNS = ['media_type', 'source', 'compressible', 'charset', 'extensions']
const DELIVERIES = fileURLToPath(new URL('deliveries', import.meta.url))

const { values: options } = parseArgs({ options: { from: { type: 'string' } } })
const temporary =
  options.from === undefined ? mkdtempSync(join(tmpdir(), 'media-types-')) : undefined

try {
  mkdirSync(DELIVERIES, { recursive: true })
  let license
  for (const [version, date] of RELEASES) {
    const release = temporary ? fetchRelease(version) : readRelease(version)
    const csv = toCsv(JSON.parse(release.db))
    writeFileSync(join(DELIVERIES, `media-types_${date}_${version}.csv`), csv)
    license = release.license
  }
  // The newest release names every copyright holder of the older ones.
  writeFileSync(join(DELIVERIES, 'LICENSE-mime-db'), license)
} finally {
  if (temporary) rmSync(temporary, { recursive: true })
}

/** A map from media type to its properties as CSV, by code point; an unknown property is empty. */
function toCsv(db) {
  const rows = Object.entries(db)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([type, { source, compressible, charset, extensions = [] }]) => [
      type,
      source,
      compressible,
      charset,
      extensions.join(' '),
    ])
  return [COLUMNS, ...rows].map((row) => `${row.map(toField).join(',')}\n`).join('')
}

function toField(value) {
  const text = value === undefined ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function readRelease(version) {
  const read = (name) => readFileSync(join(options.from, version, name), 'utf8')
  return { db: read('db.json'), license: read('LICENSE') }
}

function fetchRelease(version) {
  execFileSync('npm', ['pack', `mime-db@${version}`, '--silent', '--pack-destination', temporary], {
    shell: process.platform === 'win32', // npm is a .cmd file there
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const files = readTar(gunzipSync(readFileSync(join(temporary, `mime-db-${version}.tgz`))))
  return { db: files.get('package/db.json'), license: files.get('package/LICENSE') }
}

/** The files of a tar archive: for each a header of 512 bytes, then content in whole blocks. */
function readTar(archive) {
  const files = new Map()
  const field = (at, length) => archive.toString('utf8', at, at + length).replace(/\0.*$/s, '')
  for (let at = 0; at < archive.length && archive[at] !== 0;) {
    const size = Number.parseInt(field(at + 124, 12), 8)
    const isFile = '0\0'.includes(String.fromCharCode(archive[at + 156]))
    if (isFile) files.set(field(at, 100), archive.toString('utf8', at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}
