import { spawnSync } from 'node:child_process'

import { describe, expect, it } from 'vitest'

import { COMMANDS } from '../src/command-line/command-table.ts'
import { renderCompletion } from '../src/command-line/completion.ts'

/** What bash would offer for the last word. */
function complete(words: readonly string[]): readonly string[] {
  const script = `${renderCompletion('bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_qarion
printf '%s\\n' "\${COMPREPLY[@]}"`
  const result = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  expect(result.stderr).toBe('')
  return result.stdout.split('\n').filter((word) => word !== '')
}

describe('completion in bash', () => {
  it('offers commands', () => {
    expect(complete(['qarion', 'r'])).toEqual(['run', 'retry', 'revert', 'runs'])
  })

  it('offers options of the command, also after arguments and options', () => {
    expect(complete(['qarion', 'run', 'orders', '--ba'])).toEqual(['--batch', '--batch-time'])
    expect(complete(['qarion', '--json', 'plan', '--s'])).toEqual(['--select', '--sql'])
  })

  it('offers choices of options and arguments', () => {
    expect(complete(['qarion', 'show', 'x', '--format', ''])).toEqual([
      'table',
      'csv',
      'json',
      'ndjson',
    ])
    expect(complete(['qarion', 'plugins', 'd'])).toEqual(['doctor'])
  })
})

describe('completion in other shells', () => {
  it('zsh takes the script of bash', () => {
    expect(renderCompletion('zsh')).toContain(renderCompletion('bash'))
  })

  it('fish knows every command and option', () => {
    const script = renderCompletion('fish')
    for (const command of COMMANDS) {
      expect(script).toContain(`-a ${command.name} -d`)
      for (const option of command.options) expect(script).toContain(`-l ${option.name} `)
    }
  })
})
