import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createFolder, runBin } from './run-bin.ts'

describe('a command started from elsewhere', () => {
  let folder: ReturnType<typeof createFolder>
  beforeEach(() => {
    folder = createFolder()
    const local = join(folder.path, 'node_modules/@qarion/cli')
    mkdirSync(join(local, 'bin'), { recursive: true })
    mkdirSync(join(folder.path, 'flows'))
    writeFileSync(join(local, 'package.json'), '{ "name": "@qarion/cli", "version": "9.9.9" }')
    writeFileSync(
      join(local, 'bin/qarion.js'),
      `console.log('the project’s own:', ...process.argv.slice(2))`,
    )
  })
  afterEach(() => folder.remove())

  it('hands over to the one that the project has installed', async () => {
    const said = 'the project’s own: plan --not-yet-known'
    const inside = await runBin(['plan', '--not-yet-known'], { cwd: join(folder.path, 'flows') })
    expect(inside).toEqual({ exitCode: 0, stdout: `${said}\n`, stderr: '' })
    for (const option of [[`--project=${folder.path}`], ['--project', folder.path]]) {
      const outside = await runBin(['plan', '--not-yet-known', ...option])
      expect(outside.stdout).toContain(said)
    }
  })

  it('keeps init, help and version to itself', async () => {
    for (const words of [['--version'], ['run', '--help'], ['init', 'inner']]) {
      const outcome = await runBin(words, { cwd: folder.path })
      expect(outcome.exitCode).toBe(0)
      expect(outcome.stdout).not.toContain('own:')
    }
  })
})
