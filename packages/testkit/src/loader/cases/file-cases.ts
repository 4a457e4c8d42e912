import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DataTypes } from '@qarion/core'

import { expectError } from '../../suite/expect.ts'
import { inputColumn, NO_SIGNAL, type LoaderTrial } from '../loader-trial.ts'

const table = { columns: ['id'], rows: [['1'], ['2']] }
const columns = [inputColumn('id', DataTypes.integer)]

/** Finding files and looking at them. */
export const FILE_CASES = {
  'discover/files of the pattern, with size and time': async (
    trial: LoaderTrial,
  ): Promise<void> => {
    const path = await trial.write('ünï one', table)
    await trial.write('two', table)
    await writeFile(join(trial.directory, 'data', 'other.unrelated'), 'x')
    const found = await (await trial.loader()).discover()
    assert.deepEqual(found.map(({ name }) => name).toSorted(), [
      `data/two.${trial.format.extension}`,
      `data/ünï one.${trial.format.extension}`,
    ])
    const file = found.find((candidate) => candidate.path === path)
    const { size, mtimeMs } = await stat(path)
    assert.equal(file?.sizeBytes, size)
    assert.ok(Math.abs((file?.modifiedAtMs ?? 0) - mtimeMs) < 1)
  },
  'discover/a literal path': async (trial: LoaderTrial): Promise<void> => {
    const path = await trial.write('one', table)
    await trial.write('two', table)
    const loader = await trial.loader({
      sourcePath: 'data',
      filePattern: `one.${trial.format.extension}`,
    })
    assert.equal((await trial.onlyFile(loader)).path, path)
  },
  'discover/an empty folder': async (trial: LoaderTrial): Promise<void> => {
    await mkdir(join(trial.directory, 'data'))
    assert.deepEqual(await (await trial.loader()).discover(), [])
  },
  'discover/a folder that is not there': async (trial: LoaderTrial): Promise<void> => {
    const error = await expectError(async () => (await trial.loader()).discover(), {
      reason: 'file_system',
    })
    assert.match(error.message, /data/)
  },
  'scan/hash of the bytes, rows and columns': async (trial: LoaderTrial): Promise<void> => {
    const path = await trial.write('one', table)
    const loader = await trial.loader()
    const scan = await loader.scan(await trial.onlyFile(loader), columns, NO_SIGNAL)
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    assert.equal(scan.contentHash, hash)
    assert.ok(scan.rowCount === undefined || scan.rowCount === 2)
    assert.deepEqual(
      scan.columns.map(({ column }) => column.name),
      ['id'],
    )
    assert.equal(scan.columns[0]?.fieldIndex, 0)
    assert.deepEqual(structuredClone(scan), scan, 'a scan is plain data')
  },
  'scan/a file that has gone': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('one', table)
    const loader = await trial.loader()
    const file = await trial.onlyFile(loader)
    const gone = { ...file, path: `${file.path}.gone` }
    await expectError(() => loader.scan(gone, columns, NO_SIGNAL), { reason: 'file_system' })
  },
  'cancel/a scan': async (trial: LoaderTrial): Promise<void> => {
    await trial.write('one', table)
    const loader = await trial.loader()
    const file = await trial.onlyFile(loader)
    await expectError(() => loader.scan(file, columns, AbortSignal.abort()), {
      reason: 'interrupted',
    })
  },
}
