import assert from 'node:assert/strict'

import { DataTypes, decimalType } from '@qarion/core'

import { expectRows } from '../../suite/expect.ts'
import { inputColumn, type LoaderTrial } from '../loader-trial.ts'

const { integer: INTEGER, string: STRING } = DataTypes
const columns = [
  inputColumn('id', INTEGER, { required: true }),
  inputColumn('amount', decimalType(6, 2)),
  inputColumn('label', STRING),
]
const names = columns.map(({ name }) => name)

/** 30 000 rows, of which every thousandth has a bad amount. */
function* someBadRows(): Generator<readonly string[]> {
  for (let index = 0; index < 30_000; index += 1) {
    yield [String(index), index % 1_000 === 999 ? 'bad' : '1', 'x']
  }
}

/** Bad values make rejects, and only of their own row. */
export const REJECT_CASES = {
  'reject/a bad value, with line, column, text and raw row': async (
    trial: LoaderTrial,
  ): Promise<void> => {
    const rows = [['1', '1.50', 'a'], ['2', '1.505', 'bad one'], ['3', '2', 'c']] // prettier-ignore
    await trial.write('one', { columns: names, rows })
    const result = await trial.readOne(columns)
    expectRows(result.rows, [[1n, 150n, 'a'], [3n, 200n, 'c']]) // prettier-ignore
    assert.deepEqual(result.lines, [trial.format.lineOf(0), trial.format.lineOf(2)])
    const [reject, ...others] = result.rejects
    assert.deepEqual(others, [])
    assert.equal(reject?.line, trial.format.lineOf(1))
    assert.deepEqual(
      reject?.problems.map(({ column, text }) => [column, text]),
      [['amount', '1.505']],
    )
    assert.ok((reject?.problems[0]?.reason.length ?? 0) > 0, 'there is a reason')
    assert.match(reject?.rawText ?? '', /1\.505.*bad one|bad one.*1\.505/s)
    assert.equal(reject?.values['id'], 2n, 'the key can be read')
    assert.equal(reject?.values['label'], 'bad one')
    assert.ok(!Object.hasOwn(reject?.values ?? {}, 'amount'))
  },
  'reject/every problem of a row at once': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('one', { columns: names, rows: [['x', 'y', 'z']] })
    const { rejects, rows } = await trial.readOne(columns)
    assert.equal(rows.length, 0)
    assert.deepEqual(
      rejects.map(({ problems }) => problems.map(({ column }) => column)),
      [['id', 'amount']],
    )
  },
  'reject/NULL in a required column': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('one', { columns: names, rows: [[null, '1', 'a'], ['2', null, null]] }) // prettier-ignore
    const { rejects, rows } = await trial.readOne(columns)
    expectRows(rows, [[2n, null, null]])
    assert.deepEqual(
      rejects.map(({ problems }) => problems.map(({ column, text }) => [column, text])),
      [[['id', null]]],
    )
  },
  'reject/rows far into a file keep their lines': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('many', { columns: names, rows: someBadRows() })
    const result = await trial.readOne(columns)
    assert.equal(result.rows.length, 29_970)
    assert.deepEqual(
      result.rejects.map(({ line }) => line),
      Array.from({ length: 30 }, (_, index) => trial.format.lineOf(index * 1_000 + 999)),
    )
  },
  'reject/all rows': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('one', { columns: names, rows: [['1', 'x', ''], ['2', 'y', '']] }) // prettier-ignore
    const { rejects, rows } = await trial.readOne(columns)
    assert.deepEqual([rows.length, rejects.length], [0, 2])
  },
  'reject/a long row is cut': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('one', {
      columns: names,
      rows: [['1', 'x'.repeat(5_000), 'y'.repeat(200_000)]],
    })
    const [reject] = (await trial.readOne(columns)).rejects
    assert.ok((reject?.rawText.length ?? 0) <= 65_536 && (reject?.rawText.length ?? 0) > 60_000)
    assert.equal(reject?.problems[0]?.text?.length, 1_000)
  },
}
