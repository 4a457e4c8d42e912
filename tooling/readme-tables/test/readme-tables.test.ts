import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { replaceMarkedBlock } from '../src/marked-block.ts'
import { optionTable } from '../src/option-table.ts'

const main = resolve(import.meta.dirname, '../src/main.ts')

const emptyReadme = `# Store

## Options

<!-- options:begin -->
<!-- options:end -->

## Limits

<!-- limits:begin -->
<!-- limits:end -->

- It is small.
`

const plugin = `const kinds: readonly string[] = ['integer', 'decimal']
export default {
  kind: 'engine',
  id: 'store',
  contract: 1,
  options: [
    { name: 'path', type: 'path', description: 'The file.', isRequired: true },
    { name: 'wait', type: 'duration', description: 'How long.', default: '2s' },
  ],
  create: (_host: unknown, options: { path: string; wait: number }) => ({
    capabilities: {
      isPersistent: options.path.length > 0,
      maxDecimalPrecision: options.wait / 100,
      nativeFormats: [],
      storedTypes: Object.fromEntries(kinds.map((kind) => [kind, kind.toUpperCase()])),
    },
  }),
}
`

const manifest = {
  type: 'module',
  exports: { './plugin': './src/plugin.ts' },
  qarion: { provides: [{ kind: 'engine', id: 'store', entry: './plugin', title: 'Store' }] },
}

/** A repository with one engine, gone when the test is. */
function makeRepository({ readme, manifest }: { readme?: string; manifest: object }): string {
  const root = mkdtempSync(join(tmpdir(), 'readme-tables-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const write = (path: string, text: string): void => {
    const file = join(root, 'packages/engines/store', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  write('package.json', JSON.stringify(manifest))
  write('src/plugin.ts', plugin)
  if (readme !== undefined) write('README.md', readme)
  return root
}

function readme(root: string): string {
  return readFileSync(join(root, 'packages/engines/store/README.md'), 'utf8')
}

function run(root: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--root', root, ...args], {
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

test('a README gets the options and limits of its plugin and is then up to date', () => {
  const root = makeRepository({ readme: emptyReadme, manifest })

  expect(run(root, '--check')).toMatchObject({
    status: 1,
    output: expect.stringContaining(
      'packages/engines/store/README.md: is not what its plugins say',
    ),
  })
  expect(readme(root)).toBe(emptyReadme)

  expect(run(root).status).toBe(0)
  expect(readme(root)).toBe(`# Store

## Options

<!-- options:begin -->

| option | type | default | required | meaning |
|---|---|---|---|---|
| \`path\` | path |  | yes | The file. |
| \`wait\` | duration | \`"2s"\` |  | How long. |

<!-- options:end -->

## Limits

<!-- limits:begin -->

| capability | value |
|---|---|
| widest exact decimal | 20 digits |
| formats it reads by itself | none |
| data outlives the process | yes |

| type | stored as |
|---|---|
| integer | INTEGER |
| decimal(p,s) | DECIMAL |

<!-- limits:end -->

- It is small.
`)
  expect(run(root, '--check')).toEqual({ status: 0, output: '' })
})

test('a README without its markers, or none at all, is told and fails', () => {
  const unmarked = makeRepository({ readme: '# Store\n', manifest })
  expect(run(unmarked)).toEqual({
    status: 1,
    output: expect.stringMatching(/<!-- options:begin -->.*\n.*<!-- limits:begin -->/),
  })
  expect(readme(unmarked)).toBe('# Store\n')

  expect(run(makeRepository({ manifest }), '--check')).toEqual({
    status: 1,
    output: 'packages/engines/store/README.md: is missing\n',
  })
})

test('packages that provide nothing are left alone', () => {
  const root = makeRepository({ readme: '# Store\n', manifest: { type: 'module' } })
  expect(run(root, '--check')).toEqual({ status: 0, output: '' })
})

test('choices, bounds and defaults are shown; what is Markdown or HTML by chance is escaped', () => {
  const table = optionTable([
    { name: 'mode', type: 'choice', description: 'a | b', choices: ['x', 'y'], default: 'x' },
    {
      name: 'part',
      type: 'number',
      description: '<a> or `<b>`',
      minimum: 0,
      maximum: 1,
      default: 0,
    },
    { name: 'size', type: 'integer', description: '', minimum: 1 },
    { name: 'quote', type: 'string', description: 'Two\n lines.', default: '"' },
  ])
  expect(table.split('\n').slice(2)).toEqual([
    '| `mode` | `x`, `y` | `"x"` |  | a \\| b |',
    '| `part` | number, 0 to 1 | `0` |  | &lt;a> or `<b>` |',
    '| `size` | integer, at least 1 |  |  |  |',
    '| `quote` | string | `"\\""` |  | Two lines. |',
  ])
  expect(optionTable([])).toBe('None.')
})

test('a block is replaced only between one pair of markers', () => {
  const block = '<!-- a:begin -->\nold\n<!-- a:end -->\n'
  expect(replaceMarkedBlock(`x\n${block}y\n`, 'a', 'new')).toBe(
    'x\n<!-- a:begin -->\n\nnew\n\n<!-- a:end -->\ny\n',
  )
  expect(replaceMarkedBlock(block + block, 'a', 'new')).toBeUndefined()
  expect(replaceMarkedBlock('<!-- a:end -->\n<!-- a:begin -->\n', 'a', 'new')).toBeUndefined()
})
