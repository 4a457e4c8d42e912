import { join } from 'node:path'

import { createRegistry } from '@qarion/registry'
import { describe, expect, it } from 'vitest'

import { caught } from './support/caught.ts'
import {
  pluginPackage,
  pluginSource,
  ProjectFolder,
  THROWS_ON_IMPORT,
} from './support/project-folder.ts'

describe('what the user sees', () => {
  it('when nothing provides an id of this repository', async () => {
    const registry = await createRegistry({ base: new ProjectFolder().dependsOn().path })
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error).toMatchObject({
      code: 'QRN-PLUGIN-001',
      reason: 'plugin',
      message: 'No engine "duckdb": no plugin provides it.',
      hint: 'Install it: `pnpm add @qarion/engine-duckdb`.',
      data: { package: '@qarion/engine-duckdb' },
    })
  })

  it('when an id is misspelt', async () => {
    const project = new ProjectFolder().dependsOn('x').copy('x', pluginPackage({ id: 'quackdb' }))
    const registry = await createRegistry({ base: project.path })
    const error = await caught(() => registry.find('engine', 'duckbd'))
    expect(error.code).toBe('QRN-PLUGIN-001')
    expect(error.hint).toContain('Did you mean "duckdb"?')
    const other = await caught(() => registry.find('engine', 'quackbd'))
    expect(other.data['nearest']).toEqual(['quackdb'])
  })

  it('when a name is one of JavaScript’s own', async () => {
    const registry = await createRegistry({ base: new ProjectFolder().dependsOn().path })
    const error = await caught(() => registry.find('engine', 'constructor'))
    expect(error.code).toBe('QRN-PLUGIN-001')
  })

  it('when the project has no package.json', async () => {
    const project = new ProjectFolder()
    const registry = await createRegistry({ base: project.path })
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error.code).toBe('QRN-PLUGIN-001')
    expect(error.hint).toBe(
      `There is no package.json at or above ${project.path}: run \`pnpm init\` there, then \`pnpm add @qarion/engine-duckdb\`.`,
    )
  })

  it('when a plugin is there only through another package (npm’s flat layout)', async () => {
    const project = new ProjectFolder()
      .dependsOn('other')
      .copy('other', { dependencies: { '@qarion/engine-duckdb': '1' } })
      .copy('@qarion/engine-duckdb', pluginPackage())
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toEqual([])
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error.code).toBe('QRN-PLUGIN-002')
    expect(error.hint).toContain('pnpm add @qarion/engine-duckdb')
    const full = await caught(() => registry.find('engine', '@qarion/engine-duckdb#duckdb'))
    expect(full.code).toBe('QRN-PLUGIN-002')
  })

  it('when a plugin is listed but not installed', async () => {
    const project = new ProjectFolder().dependsOn(
      '@qarion/engine-duckdb',
      '@acme/qarion-engine-big-table',
    )
    const registry = await createRegistry({ base: project.path })
    expect(registry.rejections()).toEqual([])
    expect(registry.list()).toMatchObject([
      { id: 'duckdb', status: 'not_installed', directory: '' },
    ])
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error.code).toBe('QRN-PLUGIN-003')
    expect(error.message).toContain(join(project.path, 'package.json'))
    const foreign = await caught(() => registry.find('engine', 'big_table'))
    expect(foreign.code).toBe('QRN-PLUGIN-003')
    expect(foreign.message).toContain('@acme/qarion-engine-big-table')
  })

  it('when package.json of a dependency is no JSON', async () => {
    const project = new ProjectFolder().dependsOn('x', 'y').copy('y', pluginPackage())
    project.write('node_modules/x/package.json', '{ "name": ')
    const registry = await createRegistry({ base: project.path })
    expect(registry.find('engine', 'duckdb').package).toBe('y')
    expect(registry.rejections().map(({ subject, error }) => [subject, error.code])).toEqual([
      ['x', 'QRN-PLUGIN-004'],
    ])
  })

  it('when the project’s own package.json is no JSON', async () => {
    const project = new ProjectFolder().write('package.json', 'oops')
    const registry = await createRegistry({ base: project.path })
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error.problems.map(({ code }) => code)).toEqual(['QRN-PLUGIN-004'])
  })

  it('when a plugin is too old, before any of its code runs', async () => {
    const project = new ProjectFolder()
      .dependsOn('x')
      .copy('x', pluginPackage({ contract: 1 }), { 'dist/plugin.js': THROWS_ON_IMPORT })
    const registry = await createRegistry({
      base: project.path,
      contractRanges: { engine: [2, 3] },
    })
    expect(registry.list()).toMatchObject([{ status: 'too_old' }])
    const error = await caught(() => registry.load('engine', 'duckdb'))
    expect(error).toMatchObject({ code: 'QRN-PLUGIN-005', origin: { plugin: 'x' } })
    expect(error.message).toBe(
      'engine "duckdb" of x 1.0.0 is written against engine contract 1; this Qarion works with engine contract 2 to 3.',
    )
  })

  it('when Qarion is too old, before any of the plugin’s code runs', async () => {
    const project = new ProjectFolder()
      .dependsOn('x', 'y')
      .copy('x', pluginPackage({ contract: 7 }), { 'dist/plugin.js': THROWS_ON_IMPORT })
      .copy('y', { qarion: { manifest: 2, somethingNew: true } })
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toMatchObject([{ status: 'too_new' }])
    expect((await caught(() => registry.load('engine', 'duckdb'))).code).toBe('QRN-PLUGIN-006')
    expect(registry.rejections()).toMatchObject([
      { subject: 'y', error: { code: 'QRN-PLUGIN-006' } },
    ])
  })

  it('when two packages claim one id', async () => {
    const project = new ProjectFolder()
      .dependsOn('@qarion/engine-duckdb', '@acme/duck')
      .copy('@qarion/engine-duckdb', pluginPackage(), {
        'dist/plugin.js': pluginSource({}, 'ours'),
      })
      .copy('@acme/duck', pluginPackage(), { 'dist/plugin.js': pluginSource({}, 'theirs') })
    const registry = await createRegistry({ base: project.path })
    expect(registry.list().map(({ status }) => status)).toEqual(['ambiguous', 'ambiguous'])
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error.code).toBe('QRN-PLUGIN-007')
    expect(error.message).toContain('@qarion/engine-duckdb 1.0.0 (')
    expect(error.message).toContain('and by @acme/duck 1.0.0 (')
    const line = /plugins = \[.*\]/.exec(error.hint ?? '')?.[0]
    expect(line).toBe('plugins = ["@qarion/engine-duckdb#duckdb"]')
    expect(await registry.load('engine', '@acme/duck#duckdb')).toMatchObject({ label: 'theirs' })

    const settled = await createRegistry({
      base: project.path,
      explicit: ['@qarion/engine-duckdb#duckdb'],
    })
    expect(await settled.load('engine', 'duckdb')).toMatchObject({ label: 'ours' })
    expect(settled.list().map(({ status }) => status)).toEqual(['ready', 'ready'])
  })

  it('when one that is not installed claims the id of one that is', async () => {
    const project = new ProjectFolder()
      .dependsOn('@qarion/engine-duckdb', '@acme/duck')
      .copy('@acme/duck', pluginPackage())
    const registry = await createRegistry({ base: project.path })
    expect(registry.find('engine', 'duckdb').package).toBe('@acme/duck')
  })

  it('when a preset includes what it does not depend on', async () => {
    const project = new ProjectFolder()
      .dependsOn('preset')
      .store('preset', { qarion: { manifest: 1, includes: ['@qarion/engine-duckdb'] } })
    const registry = await createRegistry({ base: project.path })
    expect(registry.rejections()).toMatchObject([
      {
        subject: '@qarion/engine-duckdb',
        error: { code: 'QRN-PLUGIN-008', origin: { plugin: 'preset' } },
      },
    ])
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error.problems.map(({ code }) => code)).toEqual(['QRN-PLUGIN-008'])
  })

  it.each([
    ['no key of exports', { exports: { '.': './index.js' } }, 'no key'],
    [
      'import and require',
      { exports: { './plugin': { import: './a.js', require: './a.cjs' } } },
      'one path',
    ],
    ['a path out of the package', { exports: { './plugin': './../../x.js' } }, 'leads out'],
  ])('when the entry is %s', async (_, exports, words) => {
    const project = new ProjectFolder().dependsOn('x').copy('x', pluginPackage({}, exports))
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toMatchObject([{ status: 'broken' }])
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error.code).toBe('QRN-PLUGIN-009')
    expect(error.message).toContain(words)
  })

  it.each([
    ['id', pluginSource({ id: 'sqlite' }), 'id duckdb in the manifest and sqlite in the code'],
    ['contract', pluginSource({ contract: 2 }), 'contract 1 in the manifest and 2 in the code'],
    ['nothing', 'export const plugin = 1', 'is undefined'],
    ['a bare function', 'export default () => {}', 'is function'],
  ])('when the code contradicts the manifest: %s', async (_, source, words) => {
    const project = new ProjectFolder()
      .dependsOn('x')
      .copy('x', pluginPackage(), { 'dist/plugin.js': source })
    const registry = await createRegistry({ base: project.path })
    const error = await caught(() => registry.load('engine', 'duckdb'))
    expect(error.code).toBe('QRN-PLUGIN-009')
    expect(error.message).toContain(words)
  })

  it('when a plugin was published as TypeScript', async () => {
    const project = new ProjectFolder()
      .dependsOn('x')
      .copy('x', pluginPackage({ target: './src/plugin.ts' }), { 'src/plugin.ts': pluginSource() })
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toMatchObject([{ status: 'broken' }])
    expect((await caught(() => registry.load('engine', 'duckdb'))).code).toBe('QRN-PLUGIN-010')
  })

  it('when a driver inside the plugin is missing', async () => {
    const project = new ProjectFolder()
      .dependsOn('x')
      .copy('x', pluginPackage({}, { peerDependencies: { 'quack-driver': '^3.1.0' } }), {
        'dist/plugin.js': `import 'quack-driver'\n${pluginSource()}`,
      })
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toMatchObject([{ status: 'ready' }])
    const error = await caught(() => registry.load('engine', 'duckdb'))
    expect(error).toMatchObject({
      code: 'QRN-PLUGIN-011',
      origin: { plugin: 'x' },
      data: { missing: 'quack-driver' },
      hint: 'Install it: `pnpm add quack-driver@"^3.1.0"`.',
    })
    expect(error.message).toBe(
      'engine "duckdb" of x 1.0.0 could not be loaded: the module quack-driver, which it wants as ^3.1.0, is missing.',
    )
    expect(error.cause).toBeInstanceOf(Error)
  })

  it('when a plugin throws on import, and when its entry is not there', async () => {
    const project = new ProjectFolder()
      .dependsOn('x', 'y')
      .copy('x', pluginPackage(), { 'dist/plugin.js': THROWS_ON_IMPORT })
      .copy('y', pluginPackage({ id: 'absent' }))
    const registry = await createRegistry({ base: project.path })
    const thrown = await caught(() => registry.load('engine', 'duckdb'))
    expect(thrown.code).toBe('QRN-PLUGIN-011')
    expect(thrown.message).toContain('this code must not run')
    const absent = await caught(() => registry.load('engine', 'absent'))
    expect(absent.code).toBe('QRN-PLUGIN-011')
    expect(absent.message).toContain('is not there')
  })

  it.each([
    ['a text', 'yes', '"qarion" is not an object'],
    ['no version', { provides: [] }, '"manifest" is missing'],
    ['nothing at all', { manifest: 1 }, 'neither'],
    ['provides is no list', { manifest: 1, provides: {} }, '"provides" is not a list'],
    ['includes holds numbers', { manifest: 1, includes: [1] }, '"includes"'],
    ['contract is no object', { manifest: 1, contract: 1, provides: [{}] }, '"contract"'],
    ['an entry is null', { manifest: 1, provides: [null] }, 'provides[0]: is not an object'],
    [
      'an unknown kind',
      { manifest: 1, provides: [{ kind: 'oven' }] },
      '"kind" is "oven"; the kinds are engine,',
    ],
    ['no id', { manifest: 1, provides: [{ kind: 'engine' }] }, '"id" is missing'],
    [
      'a path as entry',
      { manifest: 1, provides: [{ kind: 'engine', id: 'a', entry: 'dist/a.js' }] },
      '"entry"',
    ],
    [
      'no contract',
      { manifest: 1, provides: [{ kind: 'engine', id: 'a', entry: './a' }] },
      '"contract" holds missing',
    ],
    [
      'aliases are no names',
      {
        manifest: 1,
        contract: { engine: 1 },
        provides: [{ kind: 'engine', id: 'a', entry: './a', aliases: 'b' }],
      },
      '"aliases"',
    ],
  ])('when a manifest is malformed: %s', async (_, qarion, words) => {
    const project = new ProjectFolder()
      .dependsOn('x', 'y')
      .copy('x', { qarion })
      .copy('y', pluginPackage())
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toMatchObject([{ package: 'y', status: 'ready' }])
    const [rejection] = registry.rejections()
    expect(rejection).toMatchObject({ subject: 'x', error: { code: 'QRN-PLUGIN-012' } })
    expect(rejection?.error.message).toContain(words)
    expect(rejection?.error.place?.file).toBe(join(project.path, 'node_modules/x/package.json'))
  })

  it('keeps the sound entries of a manifest beside a malformed one', async () => {
    const manifest = pluginPackage()['qarion'] as { provides: unknown[] }
    const qarion = { ...manifest, provides: [...manifest.provides, { kind: 'engine' }] }
    const project = new ProjectFolder().dependsOn('x').copy('x', pluginPackage({}, { qarion }))
    const registry = await createRegistry({ base: project.path })
    expect(registry.find('engine', 'duckdb').status).toBe('ready')
    expect(registry.rejections()).toHaveLength(1)
  })
})
