// Counts, for every release, what a change feed has to say about it. Nothing of Qarion is used
// here: the result, expected-counts.json, is what Qarion's own result is checked against.
//
//   node compare.mjs > expected-counts.json

import { readdirSync, readFileSync } from 'node:fs'

const DELIVERIES = new URL('deliveries/', import.meta.url)
const KEY = 'media_type'

const files = readdirSync(DELIVERIES)
  .filter((name) => /^media-types_.*\.csv$/.test(name))
  .sort(new Intl.Collator('en', { numeric: true }).compare)

const everDelivered = new Set()
let previous = new Map()
const counts = files.map((file) => {
  const current = readSnapshot(file)
  const count = { file, new: 0, changed: 0, deleted: 0, reinserted: 0, total: current.size }
  for (const [key, row] of current) {
    if (!everDelivered.has(key)) count.new++
    else if (!previous.has(key)) count.reinserted++
    else if (previous.get(key) !== row) count.changed++
    everDelivered.add(key)
  }
  for (const key of previous.keys()) if (!current.has(key)) count.deleted++
  previous = current
  return count
})
console.log(JSON.stringify(counts, null, 2))

/** One delivery as a map from key to the whole row, as JSON so that rows compare with ===. */
function readSnapshot(file) {
  const [header, ...records] = parseCsv(readFileSync(new URL(file, DELIVERIES), 'utf8'))
  const keyAt = header.indexOf(KEY)
  if (keyAt < 0) throw new Error(`${file}: no column ${KEY}`)
  const snapshot = new Map()
  for (const record of records) {
    const key = record[keyAt]
    if (record.length !== header.length)
      throw new Error(`${file}: ${key} has ${record.length} fields`)
    if (key === '' || snapshot.has(key))
      throw new Error(`${file}: the key "${key}" is empty or not unique`)
    snapshot.set(key, JSON.stringify(record))
  }
  return snapshot
}

/** Records of fields; a field in double quotes may hold commas, line ends and "" for a quote. */
function parseCsv(text) {
  const records = []
  let record = []
  let at = 0
  const nextField = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y
  while (at < text.length || record.length > 0) {
    nextField.lastIndex = at
    const match = nextField.exec(text)
    if (!match) throw new Error(`no CSV at character ${at}`)
    const [{ length }, quoted, plain, end] = match
    at += length
    record.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === ',') continue
    records.push(record)
    record = []
  }
  return records
}
