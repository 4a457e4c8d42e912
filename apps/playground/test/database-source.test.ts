import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'

import {
  createScenario,
  ENGINE_IDS,
  makeStore,
  type EngineId,
  type Scenario,
} from '../src/index.ts'

async function runIn(
  id: 'sqlite' | 'duckdb',
  path: string,
  statements: readonly string[],
): Promise<void> {
  if (id === 'sqlite') {
    const database = new Database(path)
    for (const statement of statements) database.exec(statement)
    database.close()
    return
  }
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  for (const statement of statements) await connection.run(statement)
  connection.closeSync()
  instance.closeSync()
}

type SourceId = 'sqlite' | 'duckdb' | 'postgres'
const SOURCE_IDS: readonly SourceId[] = ['sqlite', 'duckdb', 'postgres']

/** A database of somebody else's. */
interface Source {
  readonly id: SourceId
  /** Lines of `[connections.crm]` and its config. */
  readonly connection: string
  /** How its tables are named there. */
  readonly table: (name: string) => string
  run(...statements: readonly string[]): Promise<void>
  close(): Promise<void>
}

async function makeSource(id: SourceId): Promise<Source> {
  if (id === 'postgres') {
    const store = await makeStore('postgres')
    if (store.kind !== 'server') throw new Error('no server')
    const { schema } = store
    await store.ask(`CREATE SCHEMA "${schema}"`)
    return {
      id,
      connection: `name = "postgres"\n[connections.crm.config]\n${store.config}`,
      table: (name) => `${schema}.${name}`,
      run: async (...statements) => {
        for (const sql of statements) await store.ask(sql.replaceAll('TABLE:', `"${schema}".`))
      },
      close: () => store.remove(),
    }
  }
  const directory = await mkdtemp(join(tmpdir(), 'qarion-source-'))
  const path = join(directory, `crm.${id}`)
  return {
    id,
    connection: `name = "${id}"\n[connections.crm.config]\npath = ${JSON.stringify(path)}\n`,
    table: (name) => name,
    run: async (...statements) => {
      const sql = statements.map((statement) => statement.replaceAll('TABLE:', ''))
      await runIn(id, path, sql)
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

const COLUMNS = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "v", schema_type = "string" },
  { name = "seen_at", schema_type = "timestamp", required = true },
]
`

const flowOf = (load: string, columns = COLUMNS, properties = ''): string =>
  `${columns}\n[properties]\n${properties}\n[properties.load]\nformat = "database"\n${load}\n`

const PARTIAL = 'extract = "partial"'

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

async function start(
  engine: EngineId,
  source: Source | undefined,
  flow: string,
): Promise<Scenario> {
  const scenario = await createScenario({
    engine,
    flow,
    ...(source === undefined
      ? {}
      : {
          project: `\n[connections.crm]\n${source.connection}`,
          allowedPaths: [tmpdir()],
        }),
  })
  open.push(scenario)
  return scenario
}

async function source(id: SourceId): Promise<Source> {
  const made = await makeSource(id)
  open.push(made)
  return made
}

const CREATE =
  'CREATE TABLE TABLE:customers (id INTEGER PRIMARY KEY, v TEXT, seen_at TIMESTAMP NOT NULL)'
const FEED = ['xt_batch_id', 'xt_record_type', 'id', 'v']

describe.each(SOURCE_IDS)('reading a table of %s', (id) => {
  it('makes a delivery of each read that is another', async () => {
    const crm = await source(id)
    await crm.run(
      CREATE,
      `INSERT INTO TABLE:customers VALUES (1, 'a', '2024-01-01 00:00:00'), (2, 'b', '2024-01-02 00:00:00')`,
    )
    const scenario = await start(
      'sqlite',
      crm,
      flowOf(`connection = "crm"\ntable = "${crm.table('customers')}"`),
    )
    await scenario.runOk()
    expect((await scenario.runOk()).status).toBe('nothing_to_do')
    await crm.run(
      `UPDATE TABLE:customers SET v = 'c' WHERE id = 1`,
      `DELETE FROM TABLE:customers WHERE id = 2`,
    )
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual([
      '1|new|1|a',
      '1|new|2|b',
      '2|changed|1|c',
      '2|deleted|2|b',
    ])
    expect(await scenario.rows('landing', ['xt_source_file', 'xt_source_line'])).toEqual([
      `${crm.table('customers')}@1|1`,
      `${crm.table('customers')}@1|2`,
      `${crm.table('customers')}@2|1`,
    ])
  })

  it('goes on from the watermark, and late rows within the overlap are not lost', async () => {
    const crm = await source(id)
    await crm.run(
      CREATE,
      `INSERT INTO TABLE:customers VALUES (1, 'a', '2024-01-01 00:00:00'), (2, 'b', '2024-01-02 12:00:00')`,
    )
    const scenario = await start(
      'sqlite',
      crm,
      flowOf(
        `connection = "crm"\ntable = "${crm.table('customers')}"\nwatermark_column = "seen_at"\noverlap = "1h"`,
        COLUMNS,
        PARTIAL,
      ),
    )
    await scenario.runOk()
    expect((await scenario.runOk()).status).toBe('nothing_to_do')
    // Below the greatest value, but within the overlap; and a row with the same value as the greatest.
    await crm.run(
      `INSERT INTO TABLE:customers VALUES (3, 'late', '2024-01-02 11:30:00'), (4, 'same', '2024-01-02 12:00:00')`,
    )
    await scenario.runOk()
    expect((await scenario.runOk()).status).toBe('nothing_to_do')
    await crm.run(
      `UPDATE TABLE:customers SET v = 'z', seen_at = '2024-01-03 00:00:00' WHERE id = 1`,
      `INSERT INTO TABLE:customers VALUES (5, 'lost', '2023-12-31 00:00:00')`,
    )
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual([
      '1|new|1|a',
      '1|new|2|b',
      '2|new|3|late',
      '2|new|4|same',
      '3|changed|1|z',
    ])
  })

  it('reads a query', async () => {
    const crm = await source(id)
    await crm.run(CREATE, `INSERT INTO TABLE:customers VALUES (1, 'a', '2024-01-01 00:00:00')`)
    const query = `SELECT id * 10 AS id, upper(v) AS v, seen_at FROM ${crm.table('customers')} WHERE v <> '"' ;\\n`
    const scenario = await start(
      'sqlite',
      crm,
      flowOf(`connection = "crm"\nquery = """${query}"""`),
    )
    await scenario.runOk()
    expect(await scenario.rows('current', ['id', 'v'])).toEqual(['10|A'])
  })
})

const TYPES = `
[input]
primary_key = ["k"]
columns = [
  { name = "k", schema_type = "string", required = true },
  { name = "i", schema_type = "integer" },
  { name = "d", schema_type = "decimal", precision = 18, scale = 4 },
  { name = "f", schema_type = "float" },
  { name = "b", schema_type = "boolean" },
  { name = "day", schema_type = "date" },
  { name = "seen_at", schema_type = "timestamp" },
  { name = "j", schema_type = "json" },
  { name = "x", schema_type = "binary" },
]
`

const TABLES: Readonly<Record<SourceId, string>> = {
  sqlite:
    'CREATE TABLE TABLE:t (k TEXT, i INTEGER, d TEXT, f REAL, b INTEGER, day TEXT, seen_at TEXT, j TEXT, x BLOB)',
  duckdb:
    'CREATE TABLE TABLE:t (k VARCHAR, i HUGEINT, d DECIMAL(38,4), f DOUBLE, b BOOLEAN, day DATE, seen_at TIMESTAMPTZ, j JSON, x BLOB)',
  postgres:
    'CREATE TABLE TABLE:t (k text, i bigint, d numeric, f double precision, b boolean, day date, seen_at timestamptz, j jsonb, x bytea)',
}
const BYTES: Readonly<Record<SourceId, string>> = {
  sqlite: "X'00ff'",
  duckdb: "'\\x00\\xFF'::BLOB",
  postgres: "'\\x00ff'::bytea",
}

describe.each(SOURCE_IDS)('values of %s', (id) => {
  it('come as they are, and what does not fit is rejected', async () => {
    const crm = await source(id)
    await crm.run(
      TABLES[id],
      `INSERT INTO TABLE:t VALUES ('max', 9223372036854775807, '99999999999999.9999', 1.7976931348623157e308, ${id === 'sqlite' ? 1 : 'true'}, '9999-12-31', '2024-02-29 12:00:00.000001+00', '{"b": [1.1, "é"]}', ${BYTES[id]})`,
      `INSERT INTO TABLE:t VALUES ('min', -9223372036854775808, '-0.0001', 0.1, ${id === 'sqlite' ? 0 : 'false'}, '0001-01-01', '2024-01-01 01:00:00+01', '[]', NULL)`,
      `INSERT INTO TABLE:t (k, i) VALUES ('😀 "''|', 9007199254740993)`,
      `INSERT INTO TABLE:t (k) VALUES ('')`,
    )
    const scenario = await start(
      'duckdb',
      crm,
      flowOf(`connection = "crm"\ntable = "${crm.table('t')}"`, TYPES),
    )
    await scenario.runOk()
    expect(await scenario.rows('current')).toEqual([
      '|∅|∅|∅|∅|∅|∅|∅|∅',
      'max|9223372036854775807|99999999999999.9999|1.7976931348623157e+308|true|9999-12-31|2024-02-29T12:00:00.000001Z|{"b":[1.1,"é"]}|AP8=',
      'min|-9223372036854775808|-0.0001|0.1|false|0001-01-01|2024-01-01T00:00:00Z|[]|∅',
      `😀 "'||9007199254740993|∅|∅|∅|∅|∅|∅|∅`,
    ])
    await crm.run(`INSERT INTO TABLE:t (k, d) VALUES ('bad', '1.00001')`)
    if (id === 'duckdb') return
    expect(await scenario.runCode()).toBe('QRN-LOAD-001')
    expect(await scenario.rows('rejects', ['xt_column', 'xt_value'])).toEqual(['d|1.00001'])
  })
})

describe.each(ENGINE_IDS)('a database as the source of %s', (engine) => {
  it('folding the feed gives the table, whatever happens in it', { timeout: 120_000 }, async () => {
    const change = fc.record({
      id: fc.integer({ min: 1, max: 6 }),
      v: fc.constantFrom('a', 'b', ''),
      isDeleted: fc.boolean(),
    })
    const history = fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const crm = await source('sqlite')
        await crm.run(CREATE)
        const scenario = await start(
          engine,
          crm,
          flowOf('connection = "crm"\ntable = "customers"', COLUMNS, 'on_empty = "accept"'),
        )
        const table = new Map<number, string>()
        for (const step of steps) {
          for (const { id, v, isDeleted } of step) {
            await crm.run(`DELETE FROM TABLE:customers WHERE id = ${id}`)
            table.delete(id)
            if (isDeleted) continue
            await crm.run(
              `INSERT INTO TABLE:customers VALUES (${id}, '${v}', '2024-01-01 00:00:00')`,
            )
            table.set(id, v)
          }
          await scenario.runOk()
          const rows = [...table].toSorted(([a], [b]) => a - b).map(([id, v]) => `${id}|${v}`)
          expect(await scenario.rows('current', ['id', 'v'])).toEqual(rows)
        }
      }),
      { numRuns: 5, endOnFailure: true },
    )
  })
})

describe('a table of the own engine', () => {
  const FILLED: readonly string[] = [
    'CREATE TABLE given (id INTEGER, v TEXT, seen_at TEXT)',
    `INSERT INTO given VALUES (1, 'a', '2024-01-01 00:00:00'), (2, 'b', '2024-01-01 00:00:00')`,
  ]

  it.each(['sqlite', 'duckdb', 'postgres'] as const)('is read in %s', async (engine) => {
    const scenario = await start(engine, undefined, flowOf('table = "given"'))
    const { store } = scenario
    if (store.kind === 'server') {
      await store.ask(`CREATE SCHEMA IF NOT EXISTS "${store.schema}"`)
      for (const sql of FILLED)
        await store.ask(sql.replace(/(TABLE|INTO) given/, `$1 "${store.schema}".given`))
    } else if (store.kind === 'file') {
      const path = join(scenario.directory, store.path)
      await mkdir(dirname(path), { recursive: true })
      await runIn(engine as 'sqlite' | 'duckdb', path, FILLED)
    }
    await scenario.runOk()
    expect(await scenario.rows('current', ['id', 'v'])).toEqual(['1|a', '2|b'])
    expect((await scenario.runOk()).status).toBe('nothing_to_do')
  })

  it('is refused by an engine that has no tables of others', async () => {
    const scenario = await start('polars_local', undefined, flowOf('table = "given"'))
    expect(await scenario.runCode()).toBe('QRN-DATABASE-002')
  })
})

describe('another environment', () => {
  it('is read by its name', async () => {
    const crm = await source('sqlite')
    await crm.run(CREATE, `INSERT INTO TABLE:customers VALUES (1, 'a', '2024-01-01 00:00:00')`)
    const scenario = await createScenario({
      engine: 'duckdb',
      flow: flowOf('environment = "prod"\ntable = "customers"'),
      project: crm.connection
        .replace('name', '\n[environments.prod.engine]\nname')
        .replace('connections.crm', 'environments.prod.engine'),
      allowedPaths: [tmpdir()],
    })
    open.push(scenario)
    await scenario.runOk()
    expect(await scenario.rows('current', ['id', 'v'])).toEqual(['1|a'])
  })
})

describe('a source that goes away', () => {
  it('fails the flow so that it may be tried again, and leaves the target as it was', async () => {
    const crm = await makeStore('postgres')
    if (crm.kind !== 'server') throw new Error('no server')
    open.push({ close: () => crm.remove() })
    await crm.ask(`CREATE SCHEMA "${crm.schema}"`)
    const mark = crm.schema
    const query = `SELECT n AS id, '${mark}' AS v, now() AS seen_at FROM generate_series(1, 1000) n, pg_sleep(10)`
    const scenario = await createScenario({
      engine: 'sqlite',
      flow: flowOf(`connection = "crm"\nquery = "${query}"`),
      project: `\n[connections.crm]\nname = "postgres"\n[connections.crm.config]\n${crm.config}`,
    })
    open.push(scenario)
    const running = scenario.run()
    const ended = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%${mark}%' AND pid <> pg_backend_pid() AND state = 'active'`
    await vi.waitFor(async () => expect(await crm.ask(ended)).not.toEqual([]), { timeout: 9000 })
    const result = await running
    expect(result.errors[0]?.error).toMatchObject({ reason: 'connection', isRetryable: true })
    expect(await scenario.rows('change_feed')).toEqual([])
  })
})

describe('what a database source gets wrong', () => {
  const errorOf = async (scenario: Scenario) => (await scenario.run()).errors[0]?.error

  it('a table and a column that are not there are named, with what is', async () => {
    const crm = await source('sqlite')
    await crm.run(CREATE)
    const wrongTable = await start('sqlite', crm, flowOf('connection = "crm"\ntable = "custmers"'))
    expect(await errorOf(wrongTable)).toMatchObject({
      code: 'QRN-DATABASE-003',
      hint: 'There are: customers.',
    })
    const wrongColumn = await start(
      'sqlite',
      crm,
      flowOf('connection = "crm"\ntable = "customers"', COLUMNS.replace('"v"', '"w"')),
    )
    expect(await errorOf(wrongColumn)).toMatchObject({
      code: 'QRN-DATABASE-004',
      hint: 'It has: id, v, seen_at.',
    })
  })

  it.each(SOURCE_IDS)('a query that would write leaves %s as it is', async (id) => {
    const crm = await source(id)
    await crm.run(CREATE, `INSERT INTO TABLE:customers VALUES (1, 'a', '2024-01-01 00:00:00')`)
    const table = crm.table('customers')
    for (const query of [
      `DELETE FROM ${table} RETURNING id, v, seen_at`,
      `SELECT id, v, seen_at FROM ${table}) AS x; DELETE FROM ${table}; SELECT 1 FROM (SELECT 1`,
      `SELECT id, v, nothing FROM ${table}`,
    ]) {
      const scenario = await start(
        'sqlite',
        crm,
        flowOf(`connection = "crm"\nquery = '''${query}'''`),
      )
      expect((await errorOf(scenario))?.code).toBe('QRN-DATABASE-005')
    }
    const scenario = await start('sqlite', crm, flowOf(`connection = "crm"\ntable = "${table}"`))
    await scenario.runOk()
    expect(await scenario.rows('current', ['id', 'v'])).toEqual(['1|a'])
  })

  it('names that need quotes are quoted', async () => {
    const crm = await source('sqlite')
    await crm.run(
      `CREATE TABLE "a.b""; drop table x" (id INTEGER, v TEXT, seen_at TEXT)`,
      `INSERT INTO "a.b""; drop table x" VALUES (1, 'a', '2024-01-01 00:00:00')`,
    )
    const scenario = await start(
      'sqlite',
      crm,
      flowOf(`connection = "crm"\ntable = '"a.b""; drop table x"'`),
    )
    await scenario.runOk()
    expect(await scenario.rows('current', ['id'])).toEqual(['1'])
  })

  it('options that exclude each other, and names that the project does not have', async () => {
    const problemsOf = async (load: string, properties = ''): Promise<string[]> => {
      const scenario = await start('sqlite', undefined, flowOf(load, COLUMNS, properties))
      const error = await scenario.qarion.validate().then(
        () => undefined,
        (thrown: unknown) => thrown as { code: string; problems?: { code: string }[] },
      )
      const codes = error?.problems?.map(({ code }) => code) ?? []
      return codes.length > 0 ? codes : [error?.code ?? 'none']
    }
    expect(await problemsOf('table = "a"\nquery = "b"')).toEqual(['QRN-DATABASE-001'])
    expect(await problemsOf('connection = "crm"\ntable = "a"')).toEqual(['QRN-CONFIG-033'])
    expect(await problemsOf('environment = "prod"\ntable = "a"')).toEqual(['QRN-CONFIG-033'])
    expect(await problemsOf('table = "a"\nsource_path = "data"')).toEqual(['QRN-CONFIG-007'])
    expect(await problemsOf('table = "a"\nwatermark_column = "seen_at"')).toEqual(['QRN-FEED-003'])
    expect(await problemsOf('table = "a"\nwatermark_column = "att"', PARTIAL)).toEqual([
      'QRN-CONFIG-015',
    ])
  })

  it('an older read cannot be made again', async () => {
    const crm = await source('sqlite')
    await crm.run(CREATE, `INSERT INTO TABLE:customers VALUES (1, 'a', '2024-01-01 00:00:00')`)
    const scenario = await start('sqlite', crm, flowOf('connection = "crm"\ntable = "customers"'))
    await scenario.runOk()
    const result = await scenario.run({ fullRefresh: true })
    expect(result.errors[0]?.error).toMatchObject({
      code: 'QRN-RUN-005',
      hint: expect.stringContaining('database'),
    })
  })
})
