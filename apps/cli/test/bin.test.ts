import { describe, expect, it } from 'vitest'

import { ownVersion } from '../src/own-package.ts'
import { BIN, runBin, runNode } from './run-bin.ts'

describe('the version of Node', () => {
  for (const version of ['12.22.0', '20.20.2', '22.17.1']) {
    it(`${version} is refused before anything else`, async () => {
      const outcome = await runNode([
        '-e',
        `Object.defineProperty(process.versions, 'node', { value: '${version}' })
         Object.defineProperty(process, 'version', { value: 'v${version}' })
         process.argv.push('run')
         require(${JSON.stringify(BIN)})`,
      ])
      expect(outcome).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `Qarion needs Node 22.18 or newer, this is v${version}.\n`,
      })
    })
  }
})

describe('what needs no project', () => {
  it('--version', async () => {
    expect(await runBin(['--version'])).toEqual({
      exitCode: 0,
      stdout: `${ownVersion()}\n`,
      stderr: '',
    })
  })

  it('--help', async () => {
    const outcome = await runBin(['--help'])
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
    expect(outcome.stdout).toMatchSnapshot()
  })

  it('nothing typed is --help', async () => {
    expect(await runBin([])).toEqual(await runBin(['--help']))
  })

  for (const command of ['init', 'plan', 'run', 'show', 'diff', 'plugins']) {
    it(`${command} --help, and help ${command}`, async () => {
      const outcome = await runBin([command, '--help'])
      expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
      expect(outcome.stdout).toMatchSnapshot()
      expect(await runBin(['help', command])).toEqual(outcome)
    })
  }

  it('help and completion load neither the sdk nor core', async () => {
    for (const words of [['--help'], ['run', '--help'], ['--version'], ['completion', 'bash']]) {
      const loaded = await runNode([
        '--input-type=module',
        '-e',
        `import { registerHooks } from 'node:module'
         registerHooks({
           load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context) },
         })
         process.argv = [process.argv[0], 'qarion', ...${JSON.stringify(words)}]
         await import(${JSON.stringify(new URL('../src/bin.ts', import.meta.url).href)})`,
      ])
      expect(loaded.exitCode).toBe(0)
      expect(loaded.stderr).toContain('parse-command-line')
      expect(loaded.stderr).not.toMatch(/packages|main\.ts|node_modules/)
    }
  })
})
