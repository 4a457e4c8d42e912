import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { DataTypes, decimalType, ROWS_PER_BATCH } from '@qarion/core'

import { expectError, expectRows } from '../../suite/expect.ts'
import { inputColumn, NO_SIGNAL, readScan, type LoaderTrial } from '../loader-trial.ts'

const { integer: INTEGER, string: STRING } = DataTypes
const idAndLabel = [inputColumn('id', INTEGER, { required: true }), inputColumn('label', STRING)]

function* manyRows(count: number): Generator<readonly string[]> {
  for (let index = 0; index < count; index += 1) yield [String(index), `row ${index}`]
}

async function borders(trial: LoaderTrial, count: number): Promise<void> {
  await trial.write('many', { columns: ['id', 'label'], rows: manyRows(count) })
  const { rows, lines, rejects, batches } = await trial.readOne(idAndLabel)
  assert.equal(rows.length, count)
  assert.ok(rows.every(([id, label], index) => id === BigInt(index) && label === `row ${index}`))
  assert.ok(lines.every((line, index) => line === trial.format.lineOf(index)))
  assert.deepEqual(rejects, [])
  assert.ok(
    batches.every((size) => size <= 16 * ROWS_PER_BATCH),
    'batches stay small',
  )
}

/** Typed rows of a file. */
export const READ_CASES = {
  'read/every type by its text form': async (trial: LoaderTrial): Promise<void> => {
    const columns = [
      inputColumn('b', DataTypes.boolean),
      inputColumn('i', INTEGER),
      inputColumn('d', decimalType(12, 2)),
      inputColumn('w', decimalType(38, 3)),
      inputColumn('f', DataTypes.float),
      inputColumn('s', STRING),
      inputColumn('day', DataTypes.date),
      inputColumn('t', DataTypes.time),
      inputColumn('at', DataTypes.timestamp),
      inputColumn('j', DataTypes.json),
      inputColumn('x', DataTypes.binary),
    ]
    const none = columns.map(() => null)
    const rows = [
      ['TRUE', '-9223372036854775808', '-0.5', `${'9'.repeat(35)}.125`, '-1.5e3', ' né😀 "q" ', '0001-01-01', '23:59:59.999999', '1969-12-31T23:59:59.999999Z', '{"b":1.0, "a":[]}', 'AAH/'],
      ['0', '+007', '1', '-1', '-0.0', 'x', '9999-12-31', '00:00', '2024-02-29 12:00+01:00', '[null]', ''],
      none,
    ] // prettier-ignore
    await trial.write('types', {
      columns: columns.map(({ name }) => name),
      types: columns.map(({ type }) => type),
      rows,
    })
    const result = await trial.readOne(columns)
    assert.deepEqual(result.rejects, [])
    expectRows(result.rows.slice(0, 1), [
      [true, -(2n ** 63n), -50n, BigInt(`${'9'.repeat(35)}125`), -1500, ' né😀 "q" ', -719_162, 86_399_999_999n, -1n, '{"a":[],"b":1}', Uint8Array.of(0, 1, 255)],
    ]) // prettier-ignore
    expectRows(
      result.rows.slice(1, 2).map((row) => row.slice(0, 10)),
      [[false, 7n, 100n, -1000n, 0, 'x', 2_932_896, 0n, 1_709_204_400_000_000n, '[null]']],
    )
    expectRows(result.rows.slice(2), [none])
  },
  'read/no rows': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('none', { columns: ['id', 'label'], rows: [] })
    const { rows, rejects } = await trial.readOne(idAndLabel)
    assert.deepEqual([rows, rejects], [[], []])
  },
  'read/one row': (trial: LoaderTrial): Promise<void> => borders(trial, 1),
  'read/25 001 rows': (trial: LoaderTrial): Promise<void> => borders(trial, 25_001),
  'read/65 537 rows': (trial: LoaderTrial): Promise<void> => borders(trial, 65_537),
  'read/twice gives the same': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('many', { columns: ['id', 'label'], rows: manyRows(5_000) })
    const loader = await trial.loader()
    const scan = await loader.scan(await trial.onlyFile(loader), idAndLabel, NO_SIGNAL)
    const [first, second] = [
      await readScan(loader, scan),
      await readScan(loader, structuredClone(scan)),
    ]
    assert.deepEqual(first.rows, second.rows)
  },
  'read/several files at the same time': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('a', { columns: ['id', 'label'], rows: manyRows(5_000) })
    await trial.write('b', { columns: ['id', 'label'], rows: [['7', 'b']] })
    const loader = await trial.loader()
    const results = await Promise.all(
      (await loader.discover()).map(async (file) =>
        readScan(loader, await loader.scan(file, idAndLabel, NO_SIGNAL)),
      ),
    )
    assert.deepEqual(
      results.map(({ rows }) => rows.length).toSorted((left, right) => left - right),
      [1, 5_000],
    )
  },
  'columns/in another order and under another name': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('one', { columns: ['The Label', 'id'], rows: [['a', '1']] })
    const columns = [
      inputColumn('id', INTEGER),
      inputColumn('label', STRING, { sourceName: 'The Label' }),
    ]
    const { rows, scan } = await trial.readOne(columns)
    const places = scan.columns.map(({ column }) => column.name)
    expectRows(rows, [places.map((name) => (name === 'id' ? 1n : 'a'))])
  },
  'columns/an optional one that is missing is NULL': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('one', { columns: ['id'], rows: [['1']] })
    const { rows, scan } = await trial.readOne(idAndLabel)
    assert.deepEqual(
      scan.columns.map(({ column }) => column.name),
      ['id', 'label'],
    )
    assert.equal(scan.columns[1]?.fieldIndex, undefined)
    expectRows(rows, [[1n, null]])
  },
  'columns/a required one that is missing is refused': async (
    trial: LoaderTrial,
  ): Promise<void> => {
    await trial.write('one', { columns: ['label'], rows: [['a']] })
    const error = await expectError(() => trial.readOne(idAndLabel), { reason: 'data' })
    assert.match(error.message, /id/)
    assert.match(error.place?.file ?? error.message, /one/)
  },
  'columns/one that is not declared is refused or ignored': async (
    trial: LoaderTrial,
  ): Promise<void> => {
    await trial.write('one', { columns: ['id', 'surprise', 'label'], rows: [['1', 'x', 'a']] })
    const error = await expectError(() => trial.readOne(idAndLabel), { reason: 'data' })
    assert.match(error.message, /surprise/)
    const { rows } = await trial.readOne(idAndLabel, { onExtraColumn: 'ignore' })
    expectRows(rows, [[1n, 'a']])
  },
  'cancel/a read': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('many', { columns: ['id', 'label'], rows: manyRows(65_537) })
    const loader = await trial.loader()
    const scan = await loader.scan(await trial.onlyFile(loader), idAndLabel, NO_SIGNAL)
    const controller = new AbortController()
    await expectError(
      async () => {
        for await (const { batch } of loader.read(scan, controller.signal)) {
          assert.ok(batch.rowCount < 65_537)
          controller.abort()
        }
      },
      { reason: 'interrupted' },
    )
  },
  'read/a reader that stops early': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('many', { columns: ['id', 'label'], rows: manyRows(65_537) })
    const loader = await trial.loader()
    const scan = await loader.scan(await trial.onlyFile(loader), idAndLabel, NO_SIGNAL)
    for await (const { batch } of loader.read(scan, NO_SIGNAL)) {
      assert.ok(batch.rowCount > 0)
      break
    }
    assert.equal((await readScan(loader, scan)).rows.length, 65_537)
  },
  'read/memory does not grow with the file': async (trial: LoaderTrial): Promise<void> => {
    const filler = 'x'.repeat(200)
    function* wide(): Generator<readonly string[]> {
      for (let index = 0; index < 200_000; index += 1) yield [String(index), `${filler}${index}`]
    }
    await trial.write('large', { columns: ['id', 'label'], rows: wide() })
    const loader = await trial.loader()
    const scan = await loader.scan(await trial.onlyFile(loader), idAndLabel, NO_SIGNAL)
    const before = keptBytes()
    let rows = 0
    let kept: number | undefined
    for await (const { batch } of loader.read(scan, NO_SIGNAL)) {
      rows += batch.rowCount
      if (rows > 150_000) kept ??= keptBytes() - before
    }
    const size = 200_000 * filler.length
    assert.ok(kept !== undefined && kept < size / 2, `${kept} bytes are kept of a file of ${size}`)
  },
}

/** What is in use, not what waits to be freed. */
function keptBytes(): number {
  setFlagsFromString('--expose-gc')
  const collectGarbage: unknown = runInNewContext('gc')
  if (typeof collectGarbage === 'function') collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
