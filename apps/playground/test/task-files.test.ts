import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import type { Scenario } from '../src/index.ts'
import { resultsOf, task, taskFlow, withTasks, writeProjectFile } from './standard-support.ts'

const read = ({ directory }: Scenario, name: string): Promise<string> =>
  readFile(join(directory, name), 'utf8')

const valueOf = async (t: Scenario): Promise<unknown> =>
  JSON.parse((await resultsOf(t, ['value'])).at(-1) ?? '')

describe('an export', () => {
  const flow = (path: string, more = ''): string =>
    taskFlow(
      task(
        'a',
        'export',
        `file_path = "${path}"\nformat = "csv"\n${more}`,
        'source_dataset_id = "t.current"',
      ),
      '[variables]\nregion = { type = "string", default = "EU" }',
    )

  it('writes the rows of a dataset, batch by batch, in an order of their own', async () => {
    await withTasks(
      { s: flow('out/{{ region }}_{batch_id}.csv', 'delimiter = ";"') },
      async (t) => {
        await t.runOk({ variables: { region: 'US' } })
        expect(await read(t, 'out/US_1.csv')).toBe(
          'id;customer;amount\na;ann;1.50\nb;bob;2.25\nc;ann;9007199254740.01\n',
        )
        expect(await valueOf(t)).toMatchObject({ path: 'out/US_1.csv', rows: 3 })
        await t.runOk({ flows: ['s'] })
        expect((await readdir(join(t.directory, 'out'))).toSorted()).toEqual([
          'EU_2.csv',
          'US_1.csv',
        ])
      },
    )
  })

  it('replaces its own file, and no other', async () => {
    await withTasks({ s: flow('out/a.csv') }, async (t) => {
      await t.runOk()
      await t.deliver('d2.csv', 'id,customer,amount\na,ann,1\n')
      await t.runOk()
      expect(await read(t, 'out/a.csv')).toBe('id,customer,amount\na,ann,1.00\n')
      await writeProjectFile(t, 'out/a.csv', 'mine')
      expect(await t.runCode({ flows: ['s'] })).toBe('QRN-TASK-011')
      expect(await read(t, 'out/a.csv')).toBe('mine')
      expect(await readdir(join(t.directory, 'out'))).toEqual(['a.csv'])
      await t.redefineFlow('s', flow('out/a.csv', 'on_existing = "replace"'))
      await t.runOk({ flows: ['s'] })
      expect(await read(t, 'out/a.csv')).toContain('a,ann,1.00')
    })
  })

  it('does not follow a link out of the project', async () => {
    await withTasks({ s: flow('out/a.csv') }, async (t) => {
      await symlink('/tmp', join(t.directory, 'out'))
      expect(await t.runCode()).toBe('QRN-FILE-001')
    })
  })

  it('refuses unknown formats, options and placeholders with their place', async () => {
    const problemsOf = async (text: string): Promise<unknown> => {
      let problems: unknown
      await withTasks({ s: text }, async (t) => {
        const thrown = await t.qarion.validate().then(
          () => undefined,
          (error: { problems: readonly { code: string; place: { line: number } }[] }) => error,
        )
        problems = thrown?.problems.map(({ code, place }) => [code, place.line])
      })
      return problems
    }
    expect(await problemsOf(flow('out/a.csv', 'delimeter = ";"'))).toEqual([['QRN-CONFIG-007', 15]])
    expect(await problemsOf(flow('out/a.csv').replace('"csv"', '"cvs"'))).toEqual([
      ['QRN-PLUGIN-001', 14],
    ])
    expect(await problemsOf(flow('out/{batch}.csv'))).toEqual([['QRN-TASK-002', 13]])
  })
})

describe('a sync', () => {
  const flow = (more: string): string =>
    taskFlow(task('a', 'sync', `source_path = "in"\ndestination_path = "copy"\n${more}`))
  const files = { 'in/a.csv': 'a', 'in/b.json': 'b', 'in/c.txt': 'c', 'in/deep/d.csv': 'd' }

  const copied = async (t: Scenario): Promise<readonly string[]> =>
    (await readdir(join(t.directory, 'copy'), { recursive: true })).toSorted()

  it.each([
    ['', ['a.csv', 'b.json', 'c.txt']],
    ['pattern = "*.csv"', ['a.csv']],
    ['pattern = "*.{csv,json}"', ['a.csv', 'b.json']],
    ['pattern = "*.csv"\nrecursive = true', ['a.csv', 'deep', 'deep/d.csv']],
    ['recursive = true', ['a.csv', 'b.json', 'c.txt', 'deep', 'deep/d.csv']],
  ])('copies the files of a folder: %s', async (more, names) => {
    await withTasks({ s: flow(more), ...files }, async (t) => {
      await t.runOk({ flows: ['s'] })
      expect(await copied(t)).toEqual(names)
    })
  })

  it('copies what differs, and leaves what is there where it is told to', async () => {
    await withTasks({ s: flow(''), ...files, 'copy/a.csv': 'x', 'copy/b.json': 'b' }, async (t) => {
      await t.redefineFlow('s', flow('overwrite = false'))
      await t.runOk({ flows: ['s'] })
      expect(await valueOf(t)).toEqual({
        copied: 1,
        unchanged: 1,
        skipped: 1,
        bytes: 1,
        files: ['copy/c.txt'],
      })
      expect(await read(t, 'copy/a.csv')).toBe('x')
      await t.redefineFlow('s', flow(''))
      await t.runOk({ flows: ['s'] })
      expect(await valueOf(t)).toMatchObject({ copied: 1, unchanged: 2, skipped: 0 })
      expect(await read(t, 'copy/a.csv')).toBe('a')
    })
  })

  it('copies one file into a folder', async () => {
    const s = taskFlow(task('a', 'sync', 'source_path = "in/a.csv"\ndestination_path = "copy"'))
    await withTasks({ s, ...files }, async (t) => {
      await t.runOk({ flows: ['s'] })
      expect(await copied(t)).toEqual(['a.csv'])
    })
  })

  it('needs its source, and does not follow a link out of the project', async () => {
    await withTasks({ s: flow('') }, async (t) => {
      expect(await t.runCode({ flows: ['s'] })).toBe('QRN-FILE-002')
      await mkdir(join(t.directory, 'in'))
      await writeFile(join(t.directory, 'in/a'), 'a')
      await symlink('/tmp', join(t.directory, 'copy'))
      expect(await t.runCode({ flows: ['s'] })).toBe('QRN-FILE-001')
    })
  })
})

describe('an ingestion', () => {
  const flow = (more = ''): string =>
    taskFlow(
      task(
        'a',
        'ingestion',
        `path = "in"\nformat = "csv"\n${more}`,
        'target_dataset_id = "loaded"',
      ),
      '[input]\ncolumns = [{ name = "id", schema_type = "integer", required = true }, { name = "day", schema_type = "date" }]',
    )

  it('puts the rows of all files in the place of those before', async () => {
    await withTasks(
      { s: flow(), 'in/10.csv': 'id\n3\n', 'in/9.csv': 'day,id\n2024-01-01,1\n' },
      async (t) => {
        await t.runOk({ flows: ['s'] })
        expect(await t.rows('s.loaded')).toEqual(['1|2024-01-01', '3|∅'])
        expect(await valueOf(t)).toMatchObject({
          rows: 2,
          files: [{ name: 'in/9.csv' }, { name: 'in/10.csv' }],
        })
        await writeProjectFile(t, 'in/9.csv', 'id\n7\n')
        await t.runOk({ flows: ['s'] })
        expect(await t.rows('s.loaded', ['id'])).toEqual(['3', '7'])
      },
    )
  })

  it('fails on a bad row, and the target stays as it was', async () => {
    await withTasks({ s: flow(), 'in/a.csv': 'id\n1\n' }, async (t) => {
      await t.runOk({ flows: ['s'] })
      await writeProjectFile(t, 'in/a.csv', 'id,day\n2,2024-01-01\n3,2024-13-01\n')
      const [failed] = (await t.run({ flows: ['s'] })).errors
      expect(failed?.error).toMatchObject({
        code: 'QRN-TASK-010',
        place: { file: 'in/a.csv', line: 3 },
      })
      expect(await t.rows('s.loaded', ['id'])).toEqual(['1'])
    })
  })

  it('takes some of the declared columns', async () => {
    await withTasks({ s: flow('columns = ["id"]'), 'in/a.csv': 'id\n1\n' }, async (t) => {
      await t.runOk({ flows: ['s'] })
      expect(await t.rows('s.loaded')).toEqual(['1'])
    })
  })
})
