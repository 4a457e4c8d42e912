import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { bundlePackage } from '../src/bundle-package.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'qarion-bundle-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
}

const MANIFEST = {
  name: 'x',
  type: 'module',
  exports: { '.': './src/index.ts', './plugin': './src/a/plugin.ts' },
}

describe('bundling a package', () => {
  it('gives a file per entry, which share what they share, and leaves others outside', async () => {
    write({
      'package.json': JSON.stringify(MANIFEST),
      'src/index.ts': '',
      'src/a/plugin.ts': '',
      'src/work/worker.ts': '',
      'dist/index.js':
        "export { shared } from './deep/shared.js'\nexport const here = import.meta.url\nexport const later = () => import('./later.js')\n",
      'dist/a/plugin.js':
        "import { shared } from '../deep/shared.js'\nimport { sep } from 'node:path'\nexport default [shared, sep]\n",
      'dist/deep/shared.js': 'export const shared = Symbol("one")\n',
      'dist/later.js': 'export const value = 7\n',
      'dist/work/worker.js': 'export const isWorker = true\n',
      'lib/old.js': 'left over',
    })
    expect(await bundlePackage(directory)).toBe(true)
    const files = readdirSync(join(directory, 'lib'), { recursive: true })
    expect(files).toEqual(
      expect.arrayContaining(['index.js', join('a', 'plugin.js'), join('work', 'worker.js')]),
    )
    expect(files).not.toContain('old.js')
    const program = `
      const index = await import('./lib/index.js')
      const { default: [shared] } = await import('./lib/a/plugin.js')
      console.log(index.shared === shared, (await index.later()).value, index.here.endsWith('/lib/index.js'))`
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: directory,
      encoding: 'utf8',
    })
    expect(output).toBe('true 7 true\n')
    expect(readFileSync(join(directory, 'lib/a/plugin.js'), 'utf8')).toContain('node:path')
  })

  it('leaves packages alone that nobody installs', async () => {
    write({ 'package.json': JSON.stringify({ ...MANIFEST, private: true }) })
    expect(await bundlePackage(directory)).toBe(false)
    expect(readdirSync(directory)).toEqual(['package.json'])
  })
})
