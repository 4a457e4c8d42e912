import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  compileFilePattern,
  discoverFiles,
  resolveProjectPath,
  type DiscoverOptions,
} from '../src/index.ts'
import { errorOf, temporaryFolder } from './support.ts'

async function project(...files: string[]): Promise<string> {
  const root = join(await temporaryFolder(), 'project')
  for (const file of ['qarion.toml', ...files]) {
    await mkdir(join(root, file, '..'), { recursive: true })
    await writeFile(join(root, file), 'x')
  }
  return root
}

describe('resolveProjectPath', () => {
  it('gives absolute paths within the project, also of what does not exist yet', async () => {
    const root = await project('data/a.csv')
    expect(await resolveProjectPath(root, 'data/a.csv', [])).toBe(join(root, 'data/a.csv'))
    expect(await resolveProjectPath(root, 'new/deep/b.csv', [])).toBe(join(root, 'new/deep/b.csv'))
    expect(await resolveProjectPath(root, join(root, 'data'), [])).toBe(join(root, 'data'))
    expect(await resolveProjectPath(root, 'data/../data', [])).toBe(join(root, 'data'))
    expect(await resolveProjectPath(root, '.', [])).toBe(root)
    expect(await resolveProjectPath(root, '..data', [])).toBe(join(root, '..data'))
  })

  it('refuses what leaves the project', async () => {
    const root = await project()
    for (const path of ['..', '../x.csv', '/etc/passwd', 'data/../../x', '../project2/x', 'a\0b']) {
      const error = await errorOf(resolveProjectPath(root, path, []))
      expect([error.code, error.reason]).toEqual(['QRN-FILE-001', 'configuration'])
      expect(error.hint).toMatch(/allowed_paths/)
    }
  })

  it('follows links, also ones that lead nowhere, and refuses where they leave the project', async () => {
    const root = await project('data/a.csv')
    const outside = join(root, '../outside')
    await mkdir(outside)
    await symlink(outside, join(root, 'link'))
    await symlink(join(outside, 'not-yet'), join(root, 'dangling'))
    await symlink('data', join(root, 'inner'))
    for (const path of ['link', 'link/x.csv', 'dangling', 'dangling/x'])
      expect((await errorOf(resolveProjectPath(root, path, []))).code).toBe('QRN-FILE-001')
    expect(await resolveProjectPath(root, 'inner/a.csv', [])).toBe(join(root, 'data/a.csv'))
    expect(await resolveProjectPath(root, 'link/x.csv', ['../outside'])).toBe(
      join(outside, 'x.csv'),
    )
    expect(await resolveProjectPath(root, 'dangling', [outside])).toBe(join(outside, 'not-yet'))
  })

  it('reports a circle of links', async () => {
    const root = await project()
    await symlink('b', join(root, 'a'))
    await symlink('a', join(root, 'b'))
    expect((await errorOf(resolveProjectPath(root, 'a', []))).code).toBe('QRN-FILE-008')
  })
})

describe('compileFilePattern', () => {
  it.each([
    ['orders_*.csv', 'orders_1.csv', {}],
    ['orders_*.csv', 'orders_.csv', {}],
    ['orders_*.csv', 'a/orders_1.csv', undefined],
    ['orders_?.csv', 'orders_10.csv', undefined],
    ['*', '.hidden', undefined],
    ['?hidden', '.hidden', undefined],
    ['.h*', '.hidden', {}],
    ['**/*.csv', 'a.csv', {}],
    ['**/*.csv', 'x/y/a.csv', {}],
    ['**/*.csv', '.x/a.csv', undefined],
    ['**', 'x/y/a.csv', {}],
    ['x/**/a.csv', 'x/a.csv', {}],
    ['a+(b)[c].csv', 'a+(b)[c].csv', {}],
    ['{region}-{seq}.csv', 'at-7.csv', { region: 'at', seq: '7' }],
    [
      'part-{batch_time:yyyyMMdd}-*.csv',
      'part-20240229-3.csv',
      { batch_time: '2024-02-29T00:00:00Z' },
    ],
    ['{batch_time:yyyy-MM-dd}/*.csv', '2024-02-29/x.csv', { batch_time: '2024-02-29T00:00:00Z' }],
    ["{t:yyyyMMdd'T'HHmmss}.csv", '20240229T101112.csv', { t: '2024-02-29T10:11:12Z' }],
    ['{t:yyyyMMdd}.csv', 'nope.csv', undefined],
    ['*😀.csv', 'x😀.csv', {}],
  ])('%s on %s', (pattern, path, expected) => {
    expect(compileFilePattern(pattern).match(path)).toEqual(expected)
  })

  it('reads captured times in the zone of the load', () => {
    const pattern = compileFilePattern('{t:yyyyMMddHH}.csv', 'Europe/Vienna')
    expect(pattern.match('2024070112.csv')).toEqual({ t: '2024-07-01T10:00:00Z' })
  })

  it('names a file whose time is none', () => {
    expect(() => compileFilePattern('{t:yyyyMMdd}.csv').match('20240230.csv')).toThrow(
      /20240230.csv has "20240230" for \{t\}: no such day/,
    )
  })

  it.each(['{a', 'a}', '{}', '{1}', '{a}{a}', '{a:}'])('refuses %s', (pattern) => {
    expect(() => compileFilePattern(pattern)).toThrow(/file pattern/)
  })

  it('refuses a format that is none', () => {
    expect(() => compileFilePattern('{t:nope}.csv')).toThrow(/no token/)
  })
})

async function discover(
  projectDirectory: string,
  options: Partial<DiscoverOptions>,
): Promise<string[]> {
  const files = await discoverFiles({
    projectDirectory,
    allowedPaths: [],
    sourcePath: 'data',
    minAgeMs: 0,
    nowMs: 0,
    ...options,
  })
  return files.map((file) => file.name).sort()
}

describe('discoverFiles', () => {
  it('finds the files of a folder by pattern', async () => {
    const root = await project('data/o_1.csv', 'data/o_2.csv', 'data/x.csv', 'data/sub/o_3.csv')
    expect(await discover(root, { filePattern: 'o_*.csv' })).toEqual([
      'data/o_1.csv',
      'data/o_2.csv',
    ])
    expect(await discover(root, { filePattern: '**/o_*.csv' })).toHaveLength(3)
    expect(await discover(root, { sourcePath: 'data/o_*.csv' })).toHaveLength(2)
    expect(await discover(root, { sourcePath: '**/*.csv' })).toHaveLength(4)
    expect(await discover(root, {})).toHaveLength(3)
    expect(await discover(root, { defaultPatterns: ['x.*', '*.gz'] })).toEqual(['data/x.csv'])
  })

  it('gives size, time, captures and paths', async () => {
    const root = await project('data/at_1.csv')
    await utimes(join(root, 'data/at_1.csv'), 100, 100)
    const files = await discoverFiles({
      projectDirectory: root,
      allowedPaths: [],
      sourcePath: './data/',
      filePattern: '{region}_*.csv',
      minAgeMs: 0,
      nowMs: Date.now(),
    })
    expect(files).toEqual([
      {
        path: join(root, 'data/at_1.csv'),
        name: 'data/at_1.csv',
        sizeBytes: 1,
        modifiedAtMs: 100_000,
        captures: { region: 'at' },
      },
    ])
  })

  it('takes a literal file', async () => {
    const root = await project('data/customers.csv')
    expect(await discover(root, { sourcePath: 'data/customers.csv' })).toEqual([
      'data/customers.csv',
    ])
  })

  it('reports what is missing or of the wrong kind', async () => {
    const root = await project('data/a.csv')
    for (const sourcePath of ['nope', 'nope.csv', 'nope/*.csv'])
      expect((await errorOf(discover(root, { sourcePath }))).code).toBe('QRN-FILE-002')
    const error = await errorOf(discover(root, { sourcePath: 'data/a.csv', filePattern: '*.csv' }))
    expect(error.code).toBe('QRN-FILE-004')
  })

  it('keeps files out until their ready file is there, and never takes it for data', async () => {
    const root = await project(
      'data/a.csv',
      'data/b.csv',
      'data/b.csv.done',
      'data/sub/c.csv',
      'data/sub/_SUCCESS',
    )
    const byName = { filePattern: '*', readyFile: '{name}.done' }
    expect(await discover(root, byName)).toEqual(['data/b.csv'])
    const byFolder = { filePattern: '**/*', readyFile: '_SUCCESS' }
    expect(await discover(root, byFolder)).toEqual(['data/sub/c.csv'])
    await writeFile(join(root, 'data/a.ok'), '')
    expect(await discover(root, { filePattern: '*.csv', readyFile: '{stem}.ok' })).toEqual([
      'data/a.csv',
    ])
  })

  it('keeps files out until they are old enough', async () => {
    const root = await project('data/a.csv', 'data/b.csv')
    await utimes(join(root, 'data/a.csv'), 1000, 1000)
    await utimes(join(root, 'data/b.csv'), 1060, 1060)
    expect(await discover(root, { minAgeMs: 60_000, nowMs: 1_061_000 })).toEqual(['data/a.csv'])
    expect(
      await discover(root, { sourcePath: 'data/b.csv', minAgeMs: 60_000, nowMs: 1_061_000 }),
    ).toEqual([])
  })

  it('refuses a link out of the project, and follows one within', async () => {
    const root = await project('data/a.csv', 'more/b.csv')
    await symlink('../more', join(root, 'data/sub'))
    await symlink('../data', join(root, 'more/circle'))
    expect(await discover(root, { filePattern: '**/*.csv' })).toEqual([
      'data/a.csv',
      'data/sub/b.csv',
    ])
    await symlink('/etc/hosts', join(root, 'data/secret.csv'))
    expect((await errorOf(discover(root, { filePattern: '*.csv' }))).code).toBe('QRN-FILE-001')
  })
})
