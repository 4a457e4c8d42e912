import { join } from 'node:path'

import { createRegistry } from '@qarion/registry'
import { describe, expect, it } from 'vitest'

import { caught } from './support/caught.ts'
import { pluginPackage, pluginSource, ProjectFolder } from './support/project-folder.ts'

describe('the explicit list', () => {
  it('names packages that no package.json lists, and wins over discovery', async () => {
    const project = new ProjectFolder()
      .dependsOn('x')
      .copy('x', pluginPackage(), { 'dist/plugin.js': pluginSource({}, 'x') })
      .copy('y', pluginPackage(), { 'dist/plugin.js': pluginSource({}, 'y') })
    const registry = await createRegistry({ base: project.path, explicit: ['y'] })
    expect(registry.find('engine', 'duckdb')).toMatchObject({
      package: 'y',
      origin: { from: 'explicit', entry: 'y' },
    })
    expect(await registry.load('engine', 'duckdb')).toMatchObject({ label: 'y' })
  })

  it('works without a package.json and without discovery', async () => {
    const project = new ProjectFolder().copy('y', pluginPackage())
    const registry = await createRegistry({ base: project.path, explicit: ['y'], discover: false })
    expect(registry.find('engine', 'duckdb').status).toBe('ready')
  })

  it('settles two explicit packages by a full id', async () => {
    const project = new ProjectFolder().copy('x', pluginPackage()).copy('y', pluginPackage())
    const explicit = ['x', 'y', 'x#duckdb']
    const registry = await createRegistry({ base: project.path, explicit })
    expect(registry.find('engine', 'duckdb').package).toBe('x')
    const clash = await createRegistry({ base: project.path, explicit: ['x', 'y'] })
    expect((await caught(() => clash.find('engine', 'duckdb'))).code).toBe('QRN-PLUGIN-007')
  })

  it.each(['ts', 'mjs'])('loads a local .%s file', async (ending) => {
    const source =
      ending === 'ts' ? `const contract: number = 1\n${pluginSource()}` : pluginSource()
    const project = new ProjectFolder().write(`plugins/local.${ending}`, source)
    const entry = `./plugins/local.${ending}`
    const registry = await createRegistry({ base: project.path, explicit: [entry] })
    expect(registry.rejections()).toEqual([])
    expect(registry.find('engine', 'duckdb')).toMatchObject({
      package: entry,
      directory: join(project.path, 'plugins'),
    })
    expect((await registry.load('engine', 'duckdb')).id).toBe('duckdb')
    expect(registry.find('engine', `${entry}#duckdb`).package).toBe(entry)
  })

  it('loads several plugins of one file, one of them by its id, and a folder with a manifest', async () => {
    const two = `const plugin = (id) => ({ kind: 'task', id, contract: 1, options: [], create() {} })
export default [plugin('one'), plugin('two')]`
    const project = new ProjectFolder()
      .write('tasks.mjs', two)
      .packageAt('own/engine', 'own-engine', pluginPackage(), { 'dist/plugin.js': pluginSource() })
    const all = await createRegistry({
      base: project.path,
      explicit: ['./tasks.mjs', './own/engine'],
    })
    expect(all.list().map(({ id, package: name }) => [id, name])).toEqual([
      ['duckdb', 'own-engine'],
      ['one', './tasks.mjs'],
      ['two', './tasks.mjs'],
    ])
    const one = await createRegistry({ base: project.path, explicit: ['./tasks.mjs#two'] })
    expect(one.list().map(({ id }) => id)).toEqual(['two'])
  })

  it.each([
    ['./absent.ts', 'QRN-PLUGIN-013', 'is not there'],
    ['./throws.mjs', 'QRN-PLUGIN-011', 'could not be loaded'],
    ['./empty.mjs', 'QRN-PLUGIN-014', 'is undefined'],
    ['./half.mjs', 'QRN-PLUGIN-014', 'no function create'],
    ['./node_modules/raw/plugin.ts', 'QRN-PLUGIN-010', 'TypeScript inside node_modules'],
    ['absent-package', 'QRN-PLUGIN-003', 'not installed'],
    ['plain', 'QRN-PLUGIN-013', 'carries no "qarion" manifest'],
    ['y#sqlite', 'QRN-PLUGIN-013', 'provides no "sqlite"'],
    ['./folder', 'QRN-PLUGIN-003', 'not installed'],
  ])('says what is wrong with %s', async (entry, code, words) => {
    const project = new ProjectFolder()
      .write('throws.mjs', 'throw new Error("boom")')
      .write('empty.mjs', 'export {}')
      .write('half.mjs', `export default { kind: 'engine', id: 'x', contract: 1, options: [] }`)
      .write('node_modules/raw/plugin.ts', pluginSource())
      .write('folder/readme', '')
      .copy('plain', {})
      .copy('y', pluginPackage())
    const registry = await createRegistry({ base: project.path, explicit: [entry] })
    const [rejection] = registry.rejections()
    expect(rejection).toMatchObject({
      subject: entry,
      origin: { from: 'explicit', entry },
      error: { code },
    })
    expect(rejection?.error.message).toContain(words)
  })
})
