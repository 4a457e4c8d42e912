import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { checkRepository } from '../src/check.ts'
import { core, engine, makeTree, plan, type Files } from './fixture.ts'

/** Problems of a tree whose generated files have been written, as `path: message`. */
function problemsOf(files: Files): string[] {
  const root = makeTree(files)
  checkRepository({ root, write: true })
  const { problems, stale } = checkRepository({ root, write: false })
  expect(stale).toEqual([])
  return problems.map(({ path, message }) => `${path}: ${message}`)
}

function written(files: Files, path: string): Record<string, unknown> {
  const root = makeTree(files)
  checkRepository({ root, write: true })
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>
}

describe('an empty repository', () => {
  it('has nothing to complain of, once its solution is written', () => {
    expect(problemsOf({})).toEqual([])
  })
})

describe('manifests', () => {
  it('are made from a folder of sources', () => {
    const files = { 'packages/engines/duckdb/src/plugin.ts': 'export default {}\n' }
    expect(written({ ...core, ...files }, 'packages/engines/duckdb/package.json')).toMatchObject({
      name: '@qarion/engine-duckdb',
      type: 'module',
      exports: { './plugin': './src/plugin.ts', './package.json': './package.json' },
      publishConfig: {
        exports: { './plugin': { types: './dist/plugin.d.ts', default: './lib/plugin.js' } },
      },
      peerDependencies: { '@qarion/core': 'workspace:^' },
      devDependencies: { '@qarion/core': 'workspace:*' },
    })
  })

  it('take outside versions from the catalog, except for peers', () => {
    const files = engine('sqlite', {
      dependencies: { 'better-sqlite3': '^13.0.0', '@qarion/plan': '*' },
      peerDependencies: { pg: '>=8' },
    })
    expect(
      written({ ...core, ...plan, ...files }, 'packages/engines/sqlite/package.json'),
    ).toMatchObject({
      dependencies: { 'better-sqlite3': 'catalog:', '@qarion/plan': 'workspace:^' },
      peerDependencies: { pg: '>=8', '@qarion/core': 'workspace:^' },
    })
  })

  it('publish a bin from lib', () => {
    const files = {
      'apps/cli/package.json': JSON.stringify({
        description: 'x',
        bin: { qarion: './src/main.ts' },
      }),
      'apps/cli/src/main.ts': '',
    }
    expect(written(files, 'apps/cli/package.json')).toMatchObject({
      publishConfig: { bin: { qarion: './lib/main.js' } },
    })
  })

  it('are reported when stale, and left alone by --check', () => {
    const root = makeTree(core)
    const before = readFileSync(join(root, 'packages/core/package.json'), 'utf8')
    expect(checkRepository({ root, write: false }).stale).toContain('packages/core/package.json')
    expect(readFileSync(join(root, 'packages/core/package.json'), 'utf8')).toBe(before)
  })

  it('of other packages are left alone when some are named', () => {
    const root = makeTree({ ...core, ...plan })
    const { stale } = checkRepository({ root, write: true, only: ['packages/plan'] })
    expect(stale).toContain('packages/plan/package.json')
    expect(stale).not.toContain('packages/core/package.json')
    expect(checkRepository({ root, write: false }).stale).toContain('packages/core/package.json')
  })

  it.each([
    [{ description: '' }, 'description is missing'],
    [{ exports: { './x': './src/x.ts' } }, './src/x.ts, which is not there'],
    [{ qarion: { provides: [{ entry: './y' }] } }, 'names the entry "./y"'],
  ])('say what is missing: %j', (manifest, message) => {
    expect(problemsOf({ ...core, ...engine('a', manifest) })).toEqual([
      expect.stringContaining(message),
    ])
  })
})

describe('tsconfig', () => {
  it('refers to what src depends on, and knows Node only where there is I/O', () => {
    const files = { ...core, ...plan, ...engine('a', { dependencies: { '@qarion/plan': '*' } }) }
    expect(written(files, 'packages/engines/a/tsconfig.json')).toEqual({
      extends: '../../../tsconfig.base.json',
      compilerOptions: { types: ['node'] },
      include: ['src'],
      references: [{ path: '../../core' }, { path: '../../plan' }],
    })
    expect(written(files, 'packages/plan/tsconfig.json')).toEqual({
      extends: '../../tsconfig.base.json',
      include: ['src', '../../tooling/tsconfig/pure.d.ts'],
      references: [{ path: '../core' }],
    })
    const references = ['packages/core', 'packages/plan', 'packages/engines/a'].map((path) => ({
      path,
    }))
    expect(written(files, 'tsconfig.build.json')).toEqual({ files: [], references })
    const tests = { 'tsconfig.json': JSON.stringify({ include: ['test'] }) }
    expect(written({ ...files, ...tests }, 'tsconfig.json')).toEqual({
      include: ['test'],
      references,
    })
  })

  it('keeps a package without sources out of the solution', () => {
    const files = { 'packages/plan/package.json': '{}' }
    expect(written({ ...core, ...files }, 'tsconfig.build.json')).toMatchObject({
      references: [{ path: 'packages/core' }],
    })
  })
})

function loader(id: string, testedWith: string): Files {
  return {
    [`packages/loaders/${id}/package.json`]: JSON.stringify({
      description: id,
      devDependencies: { [`@qarion/loader-${testedWith}`]: '*' },
    }),
    [`packages/loaders/${id}/src/index.ts`]: '',
    [`packages/loaders/${id}/src/plugin.ts`]: '',
  }
}

describe('edges', () => {
  it('allow the layers their layers', () => {
    expect(problemsOf({ ...core, ...plan, ...engine('a') })).toEqual([])
  })

  it.each([
    ['plugin to plugin', { dependencies: { '@qarion/engine-b': '*' } }, 'in dependencies'],
    [
      'a plugin testing with an engine',
      { devDependencies: { '@qarion/engine-b': '*' } },
      'in devDependencies',
    ],
    [
      'something that is not here',
      { dependencies: { '@qarion/nowhere': '*' } },
      'not in this repository',
    ],
  ])('forbid %s', (_, manifest, message) => {
    expect(problemsOf({ ...core, ...engine('a', manifest), ...engine('b') })).toEqual([
      expect.stringContaining(message),
    ])
  })

  it('let tests of an engine use flows, loaders and repositories', () => {
    const names = ['@qarion/flows', '@qarion/loader-csv', '@qarion/repository-local']
    const manifest = { devDependencies: Object.fromEntries(names.map((name) => [name, '*'])) }
    const others = Object.fromEntries(
      ['flows', 'loaders/csv', 'repositories/local'].flatMap((dir) => [
        [`packages/${dir}/package.json`, JSON.stringify({ description: dir })],
        [`packages/${dir}/src/index.ts`, ''],
        [`packages/${dir}/src/plugin.ts`, ''],
      ]),
    )
    expect(problemsOf({ ...core, ...others, ...engine('a', manifest) })).toEqual([])
  })

  it('keep flows away from kits', () => {
    const files = {
      'packages/flows/package.json': JSON.stringify({
        description: 'x',
        dependencies: { '@qarion/kit-sql': '*' },
      }),
      'packages/flows/src/index.ts': '',
      'packages/kits/sql/package.json': JSON.stringify({ description: 'x' }),
      'packages/kits/sql/src/index.ts': '',
    }
    expect(problemsOf({ ...core, ...files })).toEqual([expect.stringContaining('@qarion/kit-sql')])
  })

  it('forbid cycles through tests', () => {
    expect(problemsOf({ ...core, ...loader('a', 'b'), ...loader('b', 'a') })).toEqual([
      expect.stringContaining('a cycle of dependencies'),
    ])
  })
})

describe('imports', () => {
  it.each([
    ["import { x } from 'left-pad'", 'left-pad is not declared'],
    ["import type {\n  X,\n} from 'left-pad'", 'left-pad is not declared'],
    ["export * from 'left-pad/deep'", 'left-pad is not declared'],
    ["import 'left-pad'", 'left-pad is not declared'],
    ["const x = await import('left-pad')", 'left-pad is not declared'],
    ["import { x } from '@qarion/core/src/index.ts'", 'reaches into a package'],
    ["import { x } from '../../../core/src/index.ts'", 'leaves the package'],
    ["import { x } from '../test/support.ts'", 'leaves src'],
  ])('that break a rule are found: %s', (source, message) => {
    expect(problemsOf({ ...core, ...engine('a', {}, source) })).toEqual([
      expect.stringContaining(message),
    ])
  })

  it.each([
    ["// import { x } from 'left-pad'"],
    [" * const x = await import('left-pad')"],
    ["const code = `\nimport pandas as pd\nprint('x')\n`"],
    ["import { one } from '@qarion/core'\nimport { readFile } from 'node:fs'"],
  ])('that break none are left alone: %s', (source) => {
    expect(problemsOf({ ...core, ...engine('a', {}, source) })).toEqual([])
  })

  it('of pure packages are not from Node', () => {
    const files = { ...core, 'packages/core/src/file.ts': "import { join } from 'node:path'\n" }
    expect(problemsOf(files)).toEqual([
      'packages/core/src/file.ts:1: node:path: this package does no I/O',
    ])
  })
})

describe('names', () => {
  it.each(['ConfigManager', 'sqlHelper', 'StringUtils'])('say what a thing is for: %s', (name) => {
    const files = { ...core, 'packages/core/src/a.ts': `export const ${name}: number = 1\n` }
    expect(problemsOf(files)).toEqual([expect.stringContaining(name)])
  })

  it('of files are in kebab-case', () => {
    const files = { ...core, 'packages/core/src/flowDag.ts': '' }
    expect(problemsOf(files)).toEqual([expect.stringContaining('kebab-case')])
  })

  it('of folders follow the layout', () => {
    const files = { 'packages/shelves/a/src/index.ts': '', 'packages/odd/package.json': '{}' }
    expect(problemsOf(files)).toEqual([expect.stringContaining('packages/odd: no package')])
  })
})

describe('texts', () => {
  // Put together here, so that this file does not contain what it forbids.
  const slash = '/'
  it.each([
    ['a home folder', `see ${slash}home${slash}ann/x`],
    ['a work folder', `cd ${slash}work/x`],
    ['a Windows home', ['C:', 'Users', 'ann'].join('\\')],
    ['a registry', ['https:', '', ['registry', 'npmjs', 'org'].join('.')].join('/')],
  ])('do not contain %s', (_, text) => {
    expect(problemsOf({ 'docs/a.md': text })).toEqual([expect.stringContaining('docs/a.md:1')])
  })

  it('may contain paths that only look similar', () => {
    expect(problemsOf({ 'docs/a.md': './root/x, a/work/x, https://example.com/work/x' })).toEqual(
      [],
    )
  })

  it('lets no host into the lock file', () => {
    const lock = 'packages:\n  a@1:\n    resolution: {tarball: https://example.com/a.tgz}\n'
    expect(problemsOf({ 'pnpm-lock.yaml': lock })).toEqual([
      expect.stringContaining('names a host'),
    ])
  })

  it('says the version of Node the same everywhere', () => {
    const files = { 'pnpm-workspace.yaml': 'nodeVersion: 24.1.0\ncatalog:\n  node: 24.2.0\n' }
    expect(problemsOf(files)).toEqual([expect.stringContaining('24.1.0')])
  })
})
