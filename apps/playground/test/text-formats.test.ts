import { gzipSync, zstdCompressSync } from 'node:zlib'

import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

const flow = (load: string): string => `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "amount", schema_type = "decimal", precision = 12, scale = 2 },
  { name = "ratio", schema_type = "float" },
  { name = "label", schema_type = "string" },
  { name = "is_paid", schema_type = "boolean" },
  { name = "day", schema_type = "date" },
  { name = "at", schema_type = "timestamp" },
  { name = "clock", schema_type = "time" },
  { name = "detail", schema_type = "json" },
  { name = "bytes", schema_type = "binary" },
]

[properties.load]
source_path = "data"
file_pattern = "d*"
max_rejects = 1
empty_string = "quoted"
${load}
`

/** A cell as JSON writes it; `null` is NULL. */
type Cell = string | number | boolean | null | { readonly raw: string }
type Record_ = Readonly<Record<string, Cell>>

const raw = (text: string): Cell => ({ raw: text })
const record = (id: number, more: Record_ = {}): Record_ => ({
  id,
  amount: raw('1.50'),
  ratio: raw('1.5e3'),
  label: `né😀 "${id}", x`,
  is_paid: true,
  day: '2024-02-29',
  at: '2024-02-29T12:00:00.000001+01:00',
  clock: '23:59:59.999999',
  detail: raw('{"b":[1,{"c":null}],"a":"é"}'),
  bytes: 'AAH/',
  ...more,
})

/** Three deliveries: changes, NULL against the empty text, numbers that are the same, a bad value, a row that goes. */
const HISTORY: readonly (readonly Record_[])[] = [
  [
    record(1),
    record(2, { label: '', detail: null, bytes: '' }),
    record(3, { amount: raw('-9999999999.99'), id: raw('9007199254740993') }),
    record(4),
  ],
  [
    record(1, {
      amount: raw('1.5'),
      ratio: raw('1500'),
      detail: raw('{"a":"é","b":[1.0,{"c":null}]}'),
    }),
    record(2, { label: null, detail: raw('[]'), bytes: '' }),
    record(3, { amount: raw('-9999999999.98'), id: raw('9007199254740993') }),
    record(4, { day: '2024-02-30' }),
  ],
  [
    record(2, { label: '', detail: raw('[]'), bytes: '', at: '2024-02-29T11:00:00.000001Z' }),
    record(3, { amount: raw('-9999999999.98'), id: raw('9007199254740993') }),
    record(4, { is_paid: false }),
    record(5),
  ],
]

const NAMES = Object.keys(record(1))

function csvOf(records: readonly Record_[]): string {
  const field = (cell: Cell): string => {
    if (cell === null) return ''
    if (typeof cell === 'string') return `"${cell.replaceAll('"', '""')}"`
    return typeof cell === 'object' ? `"${cell.raw.replaceAll('"', '""')}"` : String(cell)
  }
  return [
    NAMES.join(','),
    ...records.map((one) => NAMES.map((name) => field(one[name] ?? null)).join(',')),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function jsonOf(one: Record_): string {
  const members = NAMES.flatMap((name) => {
    const cell = one[name] ?? null
    if (cell === null) return name === 'label' ? ['"label": null'] : []
    return [
      `${JSON.stringify(name)}: ${typeof cell === 'object' ? cell.raw : JSON.stringify(cell)}`,
    ]
  })
  return `{${members.join(', ')}}`
}

interface Format {
  readonly name: string
  readonly load: string
  readonly write: (records: readonly Record_[]) => string | Buffer
}

const FORMATS: readonly Format[] = [
  { name: 'd.csv', load: 'format = "csv"', write: csvOf },
  { name: 'd.csv', load: 'format = "csv"', write: (records) => gzipSync(csvOf(records)) },
  {
    name: 'd.csv.zst',
    load: 'format = "csv"\ncompression = "zstd"',
    write: (records) => zstdCompressSync(csvOf(records)),
  },
  {
    name: 'd.json',
    load: 'format = "json"',
    write: (records) => `[\n${records.map(jsonOf).join(',\n')}\n]\n`,
  },
  {
    name: 'd.json',
    load: 'format = "json"\nrecords_path = "data.items"',
    write: (records) => `{"count": 1, "data": {"items": [${records.map(jsonOf).join(',')}]}}`,
  },
  {
    name: 'd.jsonl',
    load: 'format = "json"\nlayout = "lines"',
    write: (records) => records.map((one) => `${jsonOf(one)}\n`).join(''),
  },
  {
    name: 'd.jsonl.gz',
    load: 'format = "json"',
    write: (records) => gzipSync(records.map((one) => `${jsonOf(one)}\n`).join('')),
  },
]

let scenario: Scenario
afterEach(() => scenario.close())

async function tablesOf(engine: EngineId, format: Format) {
  scenario = await createScenario({ engine, flow: flow(format.load) })
  for (const [index, records] of HISTORY.entries()) {
    await scenario.deliver(format.name.replace('d', `d${index + 1}`), format.write(records))
    await scenario.runOk()
  }
  const feed = await scenario.rows('change_feed', [
    'xt_batch_id',
    'xt_record_type',
    'xt_changed_columns',
    ...NAMES,
  ])
  const current = await scenario.rows('current', NAMES)
  const rejects = await scenario.rows('rejects', [
    'xt_batch_id',
    'xt_column',
    'xt_value',
    'id',
    'xt_reason',
  ])
  return { feed, current, rejects }
}

describe.each(ENGINE_IDS)('%s', (engine) => {
  it(
    'gives the same tables whatever format a history is delivered in',
    { timeout: 60_000 },
    async () => {
      const [first, ...others] = FORMATS
      const expected = await tablesOf(engine, first as Format)
      await scenario.close()
      expect(expected.feed.map((line) => line.split('|').slice(0, 4).join('|'))).toEqual([
        '1|new|∅|1',
        '1|new|∅|2',
        '1|new|∅|4',
        '1|new|∅|9007199254740993',
        '2|changed|["label","detail"]|2',
        '2|changed|["amount"]|9007199254740993',
        '3|deleted|∅|1',
        '3|changed|["label"]|2',
        '3|changed|["is_paid"]|4',
        '3|new|∅|5',
      ])
      expect(expected.rejects).toHaveLength(1)
      for (const format of others) {
        expect(await tablesOf(engine, format), `${format.name} ${format.load}`).toEqual(expected)
        await scenario.close()
      }
    },
  )

  it('takes several JSON files as one batch, each row with its file and line', async () => {
    scenario = await createScenario({
      engine,
      flow: flow('format = "json"\nbatch_by = "run"'),
    })
    await scenario.deliver('d1.json', `[\n${jsonOf(record(1))},\n${jsonOf(record(2))}]`)
    await scenario.deliver('d2.jsonl', `\n${jsonOf(record(3))}\n`)
    await scenario.deliver('d3.json.gz', gzipSync(`[${jsonOf(record(4))}]`))
    await scenario.runOk()
    expect(
      await scenario.rows('landing', ['xt_batch_id', 'xt_source_file', 'xt_source_line', 'id']),
    ).toEqual([
      '1|data/d1.json|2|1',
      '1|data/d1.json|3|2',
      '1|data/d2.jsonl|2|3',
      '1|data/d3.json.gz|1|4',
    ])
  })

  it('loads nothing of an array or a gzip file that is cut off', async () => {
    scenario = await createScenario({ engine, flow: flow('format = "json"') })
    await scenario.deliver('d1.json', `[${jsonOf(record(1))}]`)
    await scenario.runOk()
    const whole = `[${[1, 2, 3].map((id) => jsonOf(record(id))).join(',')}]`
    await scenario.deliver('d2.json', whole.slice(0, -20))
    expect(await scenario.runCode()).toBe('QRN-JSON-002')
    await scenario.deliver('d2.json', gzipSync(whole).subarray(0, -10))
    expect(await scenario.runCode()).toBe('QRN-FILE-009')
    expect(await scenario.rows('current', ['id'])).toEqual(['1'])
    await scenario.deliver('d2.json', whole)
    await scenario.runOk()
    expect(await scenario.rows('current', ['id'])).toEqual(['1', '2', '3'])
  })

  it('a broken line shields nothing: deletions are not certain, so the batch fails', async () => {
    scenario = await createScenario({ engine, flow: flow('format = "json"') })
    await scenario.deliver('d1.jsonl', [1, 2].map((id) => `${jsonOf(record(id))}\n`).join(''))
    await scenario.runOk()
    await scenario.deliver('d2.jsonl', `${jsonOf(record(1))}\n{"id": 2, "amount"\n`)
    expect(await scenario.runCode()).not.toBe('none')
    expect(await scenario.rows('current', ['id'])).toEqual(['1', '2'])
  })
})
