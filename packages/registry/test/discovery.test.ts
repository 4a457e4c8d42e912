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

describe('discovery', () => {
  it('lists plugins of direct dependencies without running them', async () => {
    const project = new ProjectFolder()
      .dependsOn('@qarion/engine-duckdb', 'left-pad')
      .copy('@qarion/engine-duckdb', pluginPackage(), { 'dist/plugin.js': THROWS_ON_IMPORT })
      .copy('left-pad', {})
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toEqual([
      {
        kind: 'engine',
        id: 'duckdb',
        aliases: [],
        title: 'DUCKDB',
        package: '@qarion/engine-duckdb',
        version: '1.0.0',
        directory: join(project.path, 'node_modules/@qarion/engine-duckdb'),
        contract: 1,
        status: 'ready',
        reason: '',
        origin: {
          from: 'dependency',
          manifest: join(project.path, 'package.json'),
          scope: 'project',
        },
      },
    ])
    expect(registry.rejections()).toEqual([])
  })

  it.each(['dependencies', 'devDependencies', 'optionalDependencies'])(
    'reads %s',
    async (field) => {
      const project = new ProjectFolder()
        .write('package.json', { name: 'p', [field]: { x: '1' } })
        .copy('x', pluginPackage())
      const registry = await createRegistry({ base: project.path })
      expect(registry.find('engine', 'duckdb').package).toBe('x')
    },
  )

  it('looks at the nearest package.json above the project file', async () => {
    const project = new ProjectFolder()
      .dependsOn('x')
      .copy('x', pluginPackage())
      .write('flows/deep/qarion.toml', '')
    const registry = await createRegistry({ base: join(project.path, 'flows/deep') })
    expect(registry.find('engine', 'duckdb').package).toBe('x')
  })

  it.each([
    [
      'pnpm',
      (project: ProjectFolder) => project.write('pnpm-workspace.yaml', 'packages: [apps/*]'),
    ],
    ['npm', (project: ProjectFolder) => project],
  ])('reads the root of a %s workspace too, and the nearest wins', async (tool, finish) => {
    const project = new ProjectFolder()
      .write('package.json', {
        name: 'root',
        dependencies: { x: '1', y: '1' },
        ...(tool === 'npm' && { workspaces: ['apps/*'] }),
      })
      .copy('x', pluginPackage({ id: 'sqlite' }))
      .copy('y', pluginPackage())
      .write('apps/a/package.json', { name: 'a', dependencies: { z: '1' } })
      .packageAt('apps/a/node_modules/z', 'z', pluginPackage(), {})
    finish(project)
    const registry = await createRegistry({ base: join(project.path, 'apps/a') })
    expect(registry.find('engine', 'sqlite').origin).toMatchObject({ scope: 'workspace' })
    expect(registry.find('engine', 'duckdb').package).toBe('z')
    const shadowed = registry.list().find((record) => record.package === 'y')
    expect(shadowed).toMatchObject({ status: 'ready', reason: '"duckdb" means the one of z.' })
    expect(registry.find('engine', 'y#duckdb').package).toBe('y')
  })

  it('follows a preset one level deep from its real path, under pnpm', async () => {
    const preset = { qarion: { manifest: 1, includes: ['@qarion/engine-duckdb', 'more'] } }
    const project = new ProjectFolder()
      .dependsOn('preset')
      .store('preset', preset)
      .store('@qarion/engine-duckdb', pluginPackage(), {}, false)
      .store('more', { qarion: { manifest: 1, includes: ['deeper'] } }, {}, false)
      .storeDependency('preset', '@qarion/engine-duckdb')
      .storeDependency('preset', 'more')
    const registry = await createRegistry({ base: project.path })
    expect(registry.list().map((record) => [record.id, record.origin])).toEqual([
      ['duckdb', expect.objectContaining({ preset: 'preset' })],
    ])
    expect(registry.rejections()).toEqual([])
  })

  it('takes a direct dependency before the same package of a preset', async () => {
    const project = new ProjectFolder()
      .dependsOn('preset', 'x')
      .store('preset', { qarion: { manifest: 1, includes: ['x'] } })
      .copy('x', pluginPackage({}, { version: '2.0.0' }))
      .packageAt('node_modules/.pnpm/preset@1.0.0/node_modules/x', 'x', pluginPackage(), {})
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toHaveLength(1)
    expect(registry.find('engine', 'duckdb').version).toBe('2.0.0')
  })

  it('finds a plugin under its aliases', async () => {
    const shape = { id: 'polars_memory', aliases: ['pandas_memory'] }
    const project = new ProjectFolder()
      .dependsOn('x')
      .copy('x', pluginPackage(shape), { 'dist/plugin.js': pluginSource(shape) })
    const registry = await createRegistry({ base: project.path })
    expect(registry.find('engine', 'pandas_memory').id).toBe('polars_memory')
    expect((await registry.load('engine', 'pandas_memory')).id).toBe('polars_memory')
  })

  it('finds ten plugins among 200 dependencies', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `dependency-${index}`)
    const project = new ProjectFolder().dependsOn(...names)
    for (const [index, name] of names.entries()) {
      project.store(
        name,
        index % 20 === 0 ? pluginPackage({ id: `e${index}` }) : { description: 'x'.repeat(400) },
      )
    }
    const registry = await createRegistry({ base: project.path })
    expect(registry.list()).toHaveLength(10)
  })

  it('reads nothing when told not to discover', async () => {
    const project = new ProjectFolder().dependsOn('x').copy('x', pluginPackage())
    const registry = await createRegistry({ base: project.path, discover: false })
    expect(registry.list()).toEqual([])
    const error = await caught(() => registry.find('engine', 'duckdb'))
    expect(error.hint).toContain('Discovery is off')
  })

  it('lets several registries live side by side', async () => {
    const first = new ProjectFolder().dependsOn('x').copy('x', pluginPackage({ id: 'one' }))
    const second = new ProjectFolder().dependsOn('x').copy('x', pluginPackage({ id: 'two' }))
    const [one, two] = await Promise.all(
      [first, second].map((project) => createRegistry({ base: project.path })),
    )
    expect(one?.list().map(({ id }) => id)).toEqual(['one'])
    expect(two?.list().map(({ id }) => id)).toEqual(['two'])
  })
})
