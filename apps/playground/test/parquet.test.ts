import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DataTypes, decimalType, parseValue, vectorFromValues, type Column } from '@qarion/core'
import { createParquetExporter } from '@qarion/exporter-parquet'
import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

const COLUMNS: readonly Column[] = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'amount', type: decimalType(38, 10), required: false },
  { name: 'ratio', type: DataTypes.float, required: false },
  { name: 'note', type: DataTypes.string, required: false },
  { name: 'day', type: DataTypes.date, required: false },
  { name: 'clock', type: DataTypes.time, required: false },
  { name: 'at', type: DataTypes.timestamp, required: false },
  { name: 'ok', type: DataTypes.boolean, required: false },
]

const flow = (format: string): string => `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "amount", schema_type = "decimal", precision = 38, scale = 10 },
  { name = "ratio", schema_type = "float" },
  { name = "note", schema_type = "string" },
  { name = "day", schema_type = "date" },
  { name = "clock", schema_type = "time" },
  { name = "at", schema_type = "timestamp" },
  { name = "ok", schema_type = "boolean" },
]

[properties.load]
source_path = "data"
file_pattern = "d*.${format}"
format = "${format}"
${format === 'csv' ? 'empty_string = "quoted"' : ''}
`

const flowOf = (engine: EngineId, format: string): string =>
  engine === 'sqlite'
    ? flow(format).replace('precision = 38, scale = 10', 'precision = 18, scale = 4')
    : flow(format)

const HISTORY: readonly (readonly (readonly (string | null)[])[])[] = [
  [
    ['9007199254740993', '1.5', '-0.0', '', '0001-01-01', '00:00', '1969-12-31T23:59:59.999999Z', 'true'],
    ['-9223372036854775808', '-0.0001', '0.1', 'é😀 "x", y', '9999-12-31', '23:59:59.999999', '9999-12-31T23:59:59.999999Z', 'false'],
    ['3', null, null, null, null, null, null, null],
    ['4', '2', '1e300', 'line\nbreak', '2024-02-29', '12:00', '0001-01-01T00:00:00Z', 'true'],
  ],
  [
    ['9007199254740993', '1.50', '0', '', '0001-01-01', '00:00', '1969-12-31T23:59:59.999999Z', 'true'],
    ['-9223372036854775808', '-0.0002', '0.1', 'é😀 "x", y', '9999-12-31', '23:59:59.999999', '9999-12-31T23:59:59.999999Z', 'false'],
    ['3', null, null, '', null, null, null, null],
    ['5', '99999999999999.9999', '-1.5', 'NULL', '1970-01-01', '00:00:00.000001', '2024-02-29T12:00:00.5Z', null],
  ],
  [
    ['4', '2', '1e300', 'line\nbreak', '2024-02-29', '12:00', '0001-01-01T00:00:00Z', 'true'],
    ['3', null, null, null, null, null, null, 'false'],
  ],
] // prettier-ignore

type Delivery = (typeof HISTORY)[number]

function csv(rows: Delivery): string {
  const field = (text: string | null): string => {
    if (text === null) return ''
    return text === '' || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [COLUMNS.map(({ name }) => name), ...rows]
    .map((row) => `${row.map(field).join(',')}\n`)
    .join('')
}

async function parquet(rows: Delivery, columns: readonly Column[]): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-formats-'))
  try {
    const path = join(directory, 'd.parquet')
    const vectors = columns.map(({ type }, index) =>
      vectorFromValues(
        type,
        rows.map((row) => {
          const text = row[index] ?? null
          const value = text === null ? null : parseValue(type, text)
          if (typeof value === 'object' && value !== null && 'reason' in value)
            throw new Error(`${text}: ${value.reason}`)
          return value
        }),
      ),
    )
    await createParquetExporter({}).write({
      path,
      columns,
      batches: (async function* () {
        yield { rowCount: rows.length, columns: vectors }
      })(),
      signal: new AbortController().signal,
    })
    return await readFile(path)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const scenarios: Scenario[] = []
afterEach(async () => {
  for (const scenario of scenarios.splice(0)) await scenario.close()
})

async function tablesOf(
  engine: EngineId,
  format: 'csv' | 'parquet',
): Promise<Readonly<Record<string, readonly string[]>>> {
  const scenario = await createScenario({ engine, flow: flowOf(engine, format) })
  scenarios.push(scenario)
  const amount = engine === 'sqlite' ? decimalType(18, 4) : decimalType(38, 10)
  const columns = COLUMNS.map((column) =>
    column.name === 'amount' ? { ...column, type: amount } : column,
  )
  for (const [index, rows] of HISTORY.entries()) {
    const content = format === 'csv' ? csv(rows) : await parquet(rows, columns)
    await scenario.deliver(`d${index + 1}.${format}`, content)
  }
  await scenario.runOk()
  const names = COLUMNS.map(({ name }) => name)
  return {
    change_feed: await scenario.rows('change_feed', [
      ...names,
      'xt_batch_id',
      'xt_record_type',
      'xt_changed_columns',
    ]),
    current: await scenario.rows('current', names),
    landing: await scenario.rows('landing', names, { batch: 3 }),
  }
}

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it('the same history as CSV and as Parquet gives the same tables', async () => {
    const [fromCsv, fromParquet] = [
      await tablesOf(engine, 'csv'),
      await tablesOf(engine, 'parquet'),
    ]
    expect(fromParquet).toEqual(fromCsv)
    expect(fromCsv['change_feed']).toHaveLength(4 + 4 + 5)
    expect(fromCsv['current']).toHaveLength(2)
  })

  it('a bad value in a Parquet file is a reject with the number of its row', async () => {
    const scenario = await createScenario({
      engine,
      flow: flowOf(engine, 'parquet').replace(
        '[properties.load]',
        '[properties.load]\nmax_rejects = 1',
      ),
    })
    scenarios.push(scenario)
    const amount = engine === 'sqlite' ? decimalType(18, 4) : decimalType(38, 10)
    const columns = COLUMNS.map((column) =>
      column.name === 'amount' ? { ...column, type: amount } : column,
    )
    const rows = [...(HISTORY[0] ?? [])].map((row, index) =>
      index === 2 ? [row[0] ?? null, null, null, 'holds \0', ...row.slice(4)] : row,
    )
    const bad = await parquetWithNul(rows, columns)
    await scenario.deliver('d1.parquet', bad)
    await scenario.runOk()
    expect(await scenario.rows('current', ['id'])).toHaveLength(3)
    const [reject] = await scenario.rows('rejects')
    expect(reject).toContain('data/d1.parquet')
    expect(reject).toContain('holds a NUL character')
    expect(await scenario.rows('rejects')).toHaveLength(1)
  })

  it('a file whose types do not fit names column, found and expected', async () => {
    const scenario = await createScenario({ engine, flow: flowOf(engine, 'parquet') })
    scenarios.push(scenario)
    const columns = COLUMNS.map((column) =>
      column.name === 'day' ? { ...column, type: DataTypes.string } : column,
    )
    await scenario.deliver('d1.parquet', await parquet(HISTORY[2] ?? [], columns))
    expect(await scenario.runCode()).toMatch(/^QRN-PARQUET-007$/)
  })
})

/** Written as bytes that the parser of texts would refuse. */
async function parquetWithNul(rows: Delivery, columns: readonly Column[]): Promise<Buffer> {
  const plain = rows.map((row) => row.map((text) => text?.replace('\0', '\u0001') ?? null))
  const bytes = await parquet(plain, columns)
  // The one byte stands in a page that is stored as it is, or compressed as a literal.
  for (let at = bytes.indexOf('holds \u0001'); at >= 0; at = bytes.indexOf('holds \u0001', at + 1))
    bytes[at + 6] = 0
  return bytes
}
