import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { COLUMNS } from './generate.mjs'

const LINES_PER_WRITE = 5000
/** Types whose values JSON writes without quotes. */
const BARE = new Set(['integer', 'decimal', 'boolean'])

/** The rows of generated CSV deliveries as JSON Lines beside them, written once: empty fields as null. */
export async function asJsonLines(files) {
  return Promise.all(
    files.map(async ({ name, path }) => {
      const target = path.replace(/\.csv$/, '.jsonl')
      if (!existsSync(target)) await convert(path, target)
      return { name: name.replace(/\.csv$/, '.jsonl'), path: target }
    }),
  )
}

async function convert(source, target) {
  const aside = `${target}.${process.pid}`
  const output = createWriteStream(aside)
  let lines = []
  let isHeader = true
  for await (const line of createInterface({ input: createReadStream(source) })) {
    if (!isHeader) lines.push(recordOf(line))
    isHeader = false
    if (lines.length < LINES_PER_WRITE) continue
    if (!output.write(lines.join(''))) await once(output, 'drain')
    lines = []
  }
  output.end(lines.join(''))
  await once(output, 'finish')
  renameSync(aside, target)
}

/** Generated fields hold neither commas nor quotes. */
function recordOf(line) {
  const fields = line.split(',')
  const members = COLUMNS.map(({ name, type }, index) => {
    const field = fields[index]
    const value = field === '' ? 'null' : BARE.has(type) ? field : JSON.stringify(field)
    return `"${name}":${value}`
  })
  return `{${members.join(',')}}\n`
}
