import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createFolder, linkPackages, runBin } from './run-bin.ts'

const FILES = [
  'package.json',
  'qarion.toml',
  'flows/customers.toml',
  'tests/customers.toml',
  'data/customers/customers_2024-01-01.csv',
  'data/customers/customers_2024-01-02.csv',
  '.gitignore',
  'README.md',
]

describe('qarion init', () => {
  let folder: ReturnType<typeof createFolder>
  beforeEach(() => {
    folder = createFolder()
  })
  afterEach(() => folder.remove())

  it('writes a project and says what to type next', async () => {
    const outcome = await runBin(['init', 'My Shop'], { cwd: folder.path })
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '' })
    for (const file of FILES) {
      expect(existsSync(join(folder.path, 'My Shop', file))).toBe(true)
      expect(outcome.stderr).toContain(file)
    }
    expect(outcome.stderr).toContain('install')
    expect(outcome.stderr).toContain('npx qarion run')
    const manifest = JSON.parse(readFileSync(join(folder.path, 'My Shop/package.json'), 'utf8'))
    expect(manifest).toMatchObject({ name: 'my-shop', private: true, type: 'module' })
    expect(Object.keys(manifest.devDependencies)).toEqual([
      '@qarion/cli',
      '@qarion/config',
      '@qarion/engine-sqlite',
      '@qarion/flows',
      '@qarion/loader-csv',
      '@qarion/repository-local',
    ])
    for (const range of Object.values(manifest.devDependencies)) {
      expect(range).toMatch(/^\^\d+\.\d+\.\d+$/)
    }
  })

  it('does not ask for an install that was made', async () => {
    linkPackages(folder.path)
    const outcome = await runBin(['init', '--json'], { cwd: folder.path })
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
    // The workspace has no link of the command to itself.
    expect(JSON.parse(outcome.stdout)).toEqual({
      qarion: 1,
      command: 'init',
      directory: expect.stringContaining('qarion-cli-'),
      files: FILES,
      missingPackages: ['@qarion/cli'],
    })
  })

  it('overwrites nothing, and writes nothing where it would', async () => {
    writeFileSync(join(folder.path, 'README.md'), 'mine')
    writeFileSync(join(folder.path, '.gitignore'), 'mine')
    const outcome = await runBin(['init'], { cwd: folder.path })
    expect(outcome.exitCode).toBe(2)
    expect(outcome.stderr).toContain('QRN-CLI-007')
    expect(outcome.stderr).toContain('.gitignore, README.md')
    expect(readFileSync(join(folder.path, 'README.md'), 'utf8')).toBe('mine')
    expect(existsSync(join(folder.path, 'qarion.toml'))).toBe(false)
  })
})
