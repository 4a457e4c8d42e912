import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { EnginePlugin } from '@qarion/core'
import {
  createRegistry,
  FIRST_PARTY_PLUGINS,
  PLUGIN_ERRORS,
  type AnyPlugin,
} from '@qarion/registry'
import { describe, expect, it } from 'vitest'

import { caught } from './support/caught.ts'
import { pluginPackage, pluginSource, ProjectFolder } from './support/project-folder.ts'

const handedIn: AnyPlugin = Object.freeze({
  kind: 'engine',
  id: 'duckdb',
  contract: 1,
  options: [],
  create: () => ({}),
})

describe('loading', () => {
  it('gives the instance that a bare import gives, through a link', async () => {
    const project = new ProjectFolder()
      .dependsOn('x')
      .store('x', pluginPackage(), { 'dist/plugin.js': pluginSource() })
    const registry = await createRegistry({ base: project.path })
    const plugin: EnginePlugin = await registry.load('engine', 'duckdb')
    expect(await registry.load('engine', 'duckdb')).toBe(plugin)
    project.write('use.mjs', `export { default } from 'x/plugin'`)
    const used = (await import(pathToFileURL(join(project.path, 'use.mjs')).href)) as {
      default: unknown
    }
    expect(used.default).toBe(plugin)
  })

  it('runs TypeScript of a workspace package behind its link', async () => {
    const shape = { target: './src/plugin.ts' }
    const source = `type Id = string\nexport const id: Id = 'x'\n${pluginSource()}`
    const project = new ProjectFolder()
      .dependsOn('x')
      .packageAt('packages/x', 'x', pluginPackage(shape), { 'src/plugin.ts': source })
      .link('node_modules/x', 'packages/x')
    const registry = await createRegistry({ base: project.path })
    expect((await registry.load('engine', 'duckdb')).id).toBe('duckdb')
  })

  it('reads options from JSON without running the plugin, else from the plugin', async () => {
    const json = pluginPackage()
    const manifest = json['qarion'] as { provides: object[] }
    const published = {
      ...json,
      exports: { ...(json['exports'] as object), './options.json': './options.json' },
      qarion: { ...manifest, provides: [{ ...manifest.provides[0], options: './options.json' }] },
    }
    const options = [{ name: 'threads', type: 'integer', description: 'Number of threads' }]
    const project = new ProjectFolder()
      .dependsOn('x', 'y')
      .copy('x', published, { 'options.json': JSON.stringify(options) })
      .copy('y', pluginPackage({ id: 'sqlite' }), {
        'dist/plugin.js': pluginSource({ id: 'sqlite' }),
      })
    const registry = await createRegistry({ base: project.path })
    expect(await registry.options('engine', 'duckdb')).toEqual(options)
    expect(await registry.options('engine', 'sqlite')).toMatchObject([{ name: 'path' }])
    project.write('node_modules/x/options.json', '[{}]')
    expect((await caught(() => registry.options('engine', 'duckdb'))).code).toBe('QRN-PLUGIN-012')
    project.write('node_modules/x/options.json', '[')
    expect((await caught(() => registry.options('engine', 'duckdb'))).code).toBe('QRN-PLUGIN-004')
  })
})

describe('handed-in plugins', () => {
  it('need no folder and win over everything', async () => {
    const alone = await createRegistry({ base: undefined, plugins: [handedIn] })
    expect(await alone.load('engine', 'duckdb')).toBe(handedIn)
    const project = new ProjectFolder().dependsOn('x').copy('x', pluginPackage())
    const registry = await createRegistry({
      base: project.path,
      explicit: ['x#duckdb'],
      plugins: [handedIn],
    })
    expect(registry.find('engine', 'duckdb')).toMatchObject({
      package: '(code)',
      origin: { from: 'code' },
    })
  })

  it('are checked', async () => {
    const error = await caught(() =>
      createRegistry({ base: undefined, plugins: [{ kind: 'engine' } as unknown as AnyPlugin] }),
    )
    expect(error).toMatchObject({
      code: 'QRN-PLUGIN-014',
      message: 'A handed-in plugin has no id.',
    })
    const old = await createRegistry({
      base: undefined,
      plugins: [handedIn],
      contractRanges: { engine: [2, 2] },
    })
    expect((await caught(() => old.find('engine', 'duckdb'))).code).toBe('QRN-PLUGIN-005')
  })

  it('clash with each other', async () => {
    const registry = await createRegistry({ base: undefined, plugins: [handedIn, { ...handedIn }] })
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error).toMatchObject({ code: 'QRN-PLUGIN-007', hint: 'Hand in only one of them.' })
  })

  it('cannot be joined by explicit entries where there is no folder', async () => {
    const registry = await createRegistry({ base: undefined, explicit: ['x'] })
    expect(registry.rejections()).toMatchObject([{ error: { code: 'QRN-PLUGIN-013' } }])
  })
})

describe('registrations', () => {
  it('are announced from the first on', async () => {
    const heard: string[] = []
    const registry = await createRegistry({
      base: undefined,
      plugins: [handedIn],
      onRegister: (record) => heard.push(`first ${record.id}`),
    })
    const stop = registry.onRegister((record) => heard.push(`second ${record.id}`))
    registry.register({ ...handedIn, id: 'later' })
    stop()
    registry.register({ ...handedIn, id: 'last' })
    expect(heard).toEqual(['first duckdb', 'first later', 'second later', 'first last'])
    expect(registry.find('engine', 'later').id).toBe('later')
  })
})

describe('doctor', () => {
  it('names every copy of core and everything that was rejected', async () => {
    const core = { exports: { '.': './index.js' } }
    const project = new ProjectFolder()
      .dependsOn('x', 'bad', 'gone')
      .copy('@qarion/core', { ...core, version: '1.1.0' })
      .copy('x', pluginPackage())
      .packageAt(
        'node_modules/x/node_modules/@qarion/core',
        '@qarion/core',
        { ...core, version: '0.9.0' },
        {},
      )
      .copy('bad', { qarion: 1 })
    const report = (await createRegistry({ base: project.path })).doctor()
    expect(report.packageJsonFiles).toEqual([join(project.path, 'package.json')])
    expect(report.missingDependencies).toMatchObject([{ name: 'gone' }])
    expect(report.rejections).toMatchObject([{ subject: 'bad' }])
    expect(report.records).toMatchObject([{ id: 'duckdb' }])
    const own = report.cores.filter(({ directory }) => directory.startsWith(project.path))
    expect(own).toEqual([
      {
        directory: join(project.path, 'node_modules/@qarion/core'),
        version: '1.1.0',
        usedBy: [project.path],
      },
      {
        directory: join(project.path, 'node_modules/x/node_modules/@qarion/core'),
        version: '0.9.0',
        usedBy: ['x'],
      },
    ])
    expect(report.cores).toHaveLength(3)
  })
})

describe('the tables', () => {
  it('name each error once', () => {
    const names = Object.values(PLUGIN_ERRORS).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('list what the packages of this repository provide', () => {
    const root = join(import.meta.dirname, '../../..')
    for (const [kind, ids] of Object.entries(FIRST_PARTY_PLUGINS)) {
      for (const [id, name] of Object.entries(ids)) {
        const folder = /^@qarion\/([a-z]+)-(.+)$/.exec(name)
        const plural = folder?.[1]?.replace(/y$/, 'ie')
        const path = folder === null ? name.replace('@qarion/', '') : `${plural}s/${folder[2]}`
        const json = JSON.parse(
          readFileSync(join(root, 'packages', path, 'package.json'), 'utf8'),
        ) as {
          qarion: { provides: { kind: string; id: string }[] }
        }
        expect(json.qarion.provides).toContainEqual(expect.objectContaining({ kind, id }))
      }
    }
  })
})
