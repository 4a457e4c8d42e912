import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** Changes when the same parameters give other bytes, so that nothing stale is read from the cache. */
const FORMAT = 1
const ROWS_PER_BLOCK = 200
const MAX_GENERATIONS = 64
const BYTES_PER_WRITE = 1 << 18

export const COLUMNS = Object.freeze([
  { name: 'id', type: 'integer' },
  { name: 'amount', type: 'decimal', precision: 12, scale: 2 },
  { name: 'ordered_on', type: 'date' },
  { name: 'updated_at', type: 'timestamp' },
  { name: 'is_paid', type: 'boolean' },
  { name: 'customer', type: 'string' },
  { name: 'city', type: 'string' },
  { name: 'note', type: 'string' },
])
export const VALUE_COLUMNS = Object.freeze(COLUMNS.slice(1).map(({ name }) => name))

const FIRST = [
  'Ada',
  'Björn',
  'Chiara',
  'Dmitri',
  'Eleni',
  'Farid',
  'Grace',
  'Håkon',
  'Ines',
  'Jonas',
  'Katarzyna',
  'Lwazi',
  'Mei',
  'Noé',
  'Olu',
  'Priya',
]
const LAST = [
  'Andersen',
  'Baker',
  'Castellano',
  'Dvořák',
  'Eriksson',
  'Fischer',
  'García',
  'Hoffmann',
  'Ivanova',
  'Jansen',
  'Kowalski',
  'Lindqvist',
  'Moreau',
  'Nakamura',
  "O'Neill",
  'Papadopoulou',
]
const CITIES = [
  'Aachen',
  'Bologna',
  'Córdoba',
  'Dortmund',
  'Eindhoven',
  'Firenze',
  'Göteborg',
  'Helsinki',
  'Innsbruck',
  'Johannesburg',
  'København',
  'Lisboa',
  'Montpellier',
  'Nairobi',
  'Oslo',
  'Porto',
]
const NOTES = [
  '',
  'delivered',
  'awaiting payment',
  'returned by customer',
  'shipped',
  'gift',
  'call before',
  'partial',
  '',
  'leave at the desk',
  'fragile',
  'express',
  'on hold',
  'second attempt',
  'damaged',
  'bulk',
]

/**
 * A deterministic series of deliveries of one table: each holds `rows` rows; from one to the next 1 % of the rows
 * change, 0.5 % go and 0.5 % come. Written once to `cacheDirectory`, then read from there.
 *
 * Returns `{ directory, files, known }`; `known[i]` says what a right comparison of delivery i with the one before
 * finds: `{ new, changed, deleted, changedColumns: { <column>: rows } }`.
 */
export async function generateDeliveries({
  rows,
  deliveries = 2,
  order = 'sorted',
  seed = 1,
  cacheDirectory,
}) {
  if (rows % ROWS_PER_BLOCK !== 0)
    throw new Error(`--rows must be a multiple of ${ROWS_PER_BLOCK}, not ${rows}`)
  const directory = join(
    cacheDirectory,
    `orders-v${FORMAT}-${rows}x${deliveries}-${order}-seed${seed}`,
  )
  const description = join(directory, 'known.json')
  if (!existsSync(description)) {
    const unfinished = `${directory}.${process.pid}`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    const written = await writeDeliveries({ rows, deliveries, order, seed, directory: unfinished })
    writeFileSync(join(unfinished, 'known.json'), JSON.stringify(written))
    rmSync(directory, { recursive: true, force: true })
    renameSync(unfinished, directory)
  }
  const { files, known } = JSON.parse(readFileSync(description, 'utf8'))
  return {
    directory,
    known,
    files: files.map((file) => ({ ...file, path: join(directory, file.name) })),
  }
}

async function writeDeliveries({ rows, deliveries, order, seed, directory }) {
  // Slot i holds one row at a time; replacing it deletes a key and brings a new one.
  const generations = new Uint8Array(rows)
  const versions = new Uint8Array(rows)
  const files = []
  const known = []
  for (let delivery = 1; delivery <= deliveries; delivery += 1) {
    known.push(delivery === 1 ? firstKnown(rows) : advance(generations, versions, seed, delivery))
    const name = `orders_${String(delivery).padStart(3, '0')}.csv`
    const slotOf = order === 'sorted' ? (index) => index : shuffled(rows, seed * 1000 + delivery)
    files.push({
      name,
      ...(await writeDelivery(join(directory, name), rows, slotOf, generations, versions, seed)),
    })
  }
  return { files, known }
}

function firstKnown(rows) {
  return {
    new: rows,
    changed: 0,
    deleted: 0,
    changedColumns: Object.fromEntries(VALUE_COLUMNS.map((name) => [name, 0])),
  }
}

/** Per block of 200 slots: one is replaced, two change. */
function advance(generations, versions, seed, delivery) {
  const counts = firstKnown(0)
  for (let start = 0; start < generations.length; start += ROWS_PER_BLOCK) {
    const first = mix(start + seed * 7919 + delivery * 104_729) % ROWS_PER_BLOCK
    const replaced = start + first
    // 67 and 133 keep the three apart, whatever the first is.
    for (const distance of [67, 133]) {
      const slot = start + ((first + distance) % ROWS_PER_BLOCK)
      versions[slot] += 1
      counts.changed += 1
      for (const column of touchedColumns(slot, versions[slot]))
        counts.changedColumns[VALUE_COLUMNS[column]] += 1
    }
    generations[replaced] += 1
    if (generations[replaced] >= MAX_GENERATIONS)
      throw new Error('too many deliveries for one slot')
    versions[replaced] = 0
    counts.new += 1
    counts.deleted += 1
  }
  return counts
}

/** The value columns that step to a new value when the row at `slot` becomes `version`: two in every fourth row. */
function touchedColumns(slot, version) {
  const first = (slot + version) % VALUE_COLUMNS.length
  return slot % 4 === 0 ? [first, (first + 3) % VALUE_COLUMNS.length] : [first]
}

async function writeDelivery(path, rows, slotOf, generations, versions, seed) {
  const hash = createHash('sha256')
  const stream = createWriteStream(path, { highWaterMark: BYTES_PER_WRITE })
  let bytes = 0
  let text = `${COLUMNS.map(({ name }) => name).join(',')}\n`
  const flush = async () => {
    const buffer = Buffer.from(text, 'utf8')
    text = ''
    bytes += buffer.length
    hash.update(buffer)
    if (!stream.write(buffer)) await once(stream, 'drain')
  }
  for (let index = 0; index < rows; index += 1) {
    const slot = slotOf(index)
    text += formatRow(slot, generations[slot], versions[slot], seed)
    if (text.length >= BYTES_PER_WRITE) await flush()
  }
  await flush()
  stream.end()
  await once(stream, 'close')
  return { bytes, sha256: hash.digest('hex') }
}

function formatRow(slot, generation, version, seed) {
  const key = (slot + 1) * MAX_GENERATIONS + generation
  const base = mix(key + seed * 65_537)
  const steps = version === 0 ? NO_STEPS : stepsOf(slot, version)
  const cents = 100 + (base % 5_000_000) + steps[0] * 101
  const day = (base >>> 3) % 7000
  const second = (base >>> 1) % 86_400
  const person = (base >>> 7) + steps[4]
  return `${key},${Math.floor(cents / 100)}.${TWO[cents % 100]},${DAYS[day + steps[1]]},${DAYS[day]}T${TWO[Math.floor(second / 3600)]}:${TWO[Math.floor(second / 60) % 60]}:${TWO[second % 60]}.${TWO[steps[2] % 100]}Z,${((base >>> 5) + steps[3]) % 2 === 0},${FIRST[person % 16]} ${LAST[(base >>> 11) % 16]},${CITIES[((base >>> 15) + steps[5]) % 16]},${NOTES[((base >>> 19) + steps[6]) % 16]}\n`
}

const NO_STEPS = [0, 0, 0, 0, 0, 0, 0]
const TWO = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'))
const DAYS = Array.from({ length: 7100 }, (_, day) =>
  new Date(Date.UTC(2005, 0, 1 + day)).toISOString().slice(0, 10),
)

/** How often each value column stepped on the way to `version`. */
function stepsOf(slot, version) {
  const steps = [...NO_STEPS]
  for (let step = 1; step <= version; step += 1)
    for (const column of touchedColumns(slot, step)) steps[column] += 1
  return steps
}

/** 32 well-mixed bits of a number. */
function mix(number) {
  let bits = Math.imul(number ^ (number >>> 16), 0x45_d9_f3_b)
  bits = Math.imul(bits ^ (bits >>> 16), 0x45_d9_f3_b)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** A permutation of 0 … rows-1 that needs no memory: a Feistel network, walked until it falls within the range. */
function shuffled(rows, seed) {
  const half = Math.ceil(Math.ceil(Math.log2(rows)) / 2)
  const mask = 2 ** half - 1
  const encrypt = (value) => {
    let left = Math.floor(value / 2 ** half)
    let right = value & mask
    for (let round = 0; round < 4; round += 1)
      [left, right] = [right, left ^ (mix(right + round * 31_337 + seed * 271) & mask)]
    return left * 2 ** half + right
  }
  return (index) => {
    let value = encrypt(index)
    while (value >= rows) value = encrypt(value)
    return value
  }
}
