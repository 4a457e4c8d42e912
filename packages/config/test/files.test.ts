import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isQarionError } from '@qarion/core'
import { expect, test } from 'vitest'

import { findProject, loadProject, readPluginList } from '../src/index.ts'
import { failure, FLOW, load, PROJECT, summary, writeProject } from './support.ts'

test('a project is found from a folder below it; qarion.toml before qarion-etl.toml', () => {
  const directory = writeProject({ 'qarion-etl.toml': PROJECT, 'a/b/x.txt': '' })
  expect(findProject(join(directory, 'a/b'))).toEqual({
    projectDirectory: directory,
    file: 'qarion-etl.toml',
  })
  writeFileSync(join(directory, 'qarion.toml'), PROJECT)
  expect(findProject(directory).file).toBe('qarion.toml')
})

test('no project is an error of its own', async () => {
  const directory = writeProject({ 'x.txt': '' })
  for (const attempt of [
    async () => findProject(directory),
    () =>
      loadProject({
        projectDirectory: directory,
        env: {},
        engines: { ids: [], options: () => undefined },
        exporters: { ids: [], options: () => undefined },
        loaders: { ids: [], options: () => undefined },
        flowTypes: { ids: [], options: () => undefined },
      }),
  ]) {
    const error: unknown = await attempt().catch((thrown: unknown) => thrown)
    expect(isQarionError(error) && error.code).toBe('QRN-CONFIG-001')
  }
})

test('both project files: one is read, the other gets a word', async () => {
  const { project, warnings } = await load({ 'qarion.toml': PROJECT, 'qarion-etl.toml': 'broken' })
  expect(project.file).toBe('qarion.toml')
  expect(warnings.map((warning) => warning.code)).toEqual(['QRN-CONFIG-102'])
})

test('a byte order mark and CRLF make no difference', async () => {
  const { flows } = await load({
    'qarion.toml': `\u{feff}${PROJECT.replaceAll('\n', '\r\n')}`,
    'flows/orders.toml': `\u{feff}${FLOW.replaceAll('\n', '\r\n')}`,
  })
  expect(flows.map((flow) => flow.id)).toEqual(['orders'])
})

test('not UTF-8: the place of the byte', async () => {
  const error = await failure({
    'qarion.toml': Buffer.concat([
      Buffer.from('[project]\nname = "caf'),
      Buffer.from([0xe9]),
      Buffer.from('"\n'),
    ]),
  })
  expect(summary(error)).toEqual(['QRN-CONFIG-004 qarion.toml:2:12'])
})

test('empty files say what is missing', async () => {
  const error = await failure({ 'qarion.toml': '', 'flows/a.toml': '' })
  expect(summary(error)).toEqual([
    'QRN-CONFIG-008 flows/a.toml:1:1',
    'QRN-CONFIG-008 flows/a.toml:1:1',
    'QRN-CONFIG-008 flows/a.toml:1:1',
    'QRN-CONFIG-008 qarion.toml:1:1',
    'QRN-CONFIG-008 qarion.toml:1:1',
    'QRN-CONFIG-008 qarion.toml:1:1',
  ])
})

test('a huge file, a deeply nested one and a folder named like a file', async () => {
  const huge = await failure({ 'qarion.toml': PROJECT, 'flows/a.toml': '#'.repeat(5_000_000) })
  expect(summary(huge)).toEqual(['QRN-CONFIG-005 flows/a.toml:1:1'])
  const deep = await failure({
    'qarion.toml': PROJECT,
    'flows/a.toml': `a = ${'['.repeat(200_000)}`,
  })
  expect(deep.problems[0]?.code).toBe('QRN-CONFIG-006')
  const directory = writeProject({ 'qarion.toml/x': '' })
  expect(findProject(directory).file).toBe('qarion.toml')
})

test('flows in folders, hidden files, links within and out of the project', async () => {
  const outside = writeProject({ 'evil.toml': FLOW })
  const directory = writeProject({
    'qarion.toml': PROJECT,
    'flows/sales/orders.toml': FLOW,
    'flows/.hidden.toml': 'broken',
    'flows/notes.md': 'broken',
    'shared/items.toml': FLOW.replace('"orders"', '"items"'),
  })
  mkdirSync(join(directory, 'flows/linked'))
  symlinkSync(join(directory, 'shared/items.toml'), join(directory, 'flows/linked/items.toml'))
  const request = {
    projectDirectory: directory,
  }
  const { flows } = await load({}, request)
  expect(flows.map((flow) => flow.file)).toEqual([
    'flows/linked/items.toml',
    'flows/sales/orders.toml',
  ])
  symlinkSync(join(outside, 'evil.toml'), join(directory, 'flows/evil.toml'))
  const error = await failure({}, request)
  expect(summary(error)).toEqual(['QRN-CONFIG-021 flows/evil.toml:1:1'])
})

test('the list of plugins is read without checking anything', () => {
  const text =
    'plugins = ["a", 7]\ndiscover = true\nnonsense = 1\n[environments.prod]\ndiscover = false\n'
  const directory = writeProject({ 'qarion.toml': text })
  expect(readPluginList(directory)).toEqual({ plugins: ['a'], discover: true })
  expect(readPluginList(directory, 'prod')).toEqual({ plugins: ['a'], discover: false })
  expect(readPluginList(writeProject({ 'qarion.toml': 'broken' }))).toEqual({
    plugins: [],
    discover: true,
  })
  expect(readPluginList(writeProject({}))).toEqual({ plugins: [], discover: true })
})
