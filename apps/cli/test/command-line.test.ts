import { describe, expect, it } from 'vitest'

import { COMMANDS } from '../src/command-line/command-table.ts'
import { COMMAND_HABITS, OPTION_HABITS } from '../src/command-line/habits.ts'
import { parseCommandLine } from '../src/command-line/parse-command-line.ts'
import { quoteWords, splitWords } from '../src/command-line/quote-words.ts'
import { runBin } from './run-bin.ts'

interface Case {
  readonly typed: string
  readonly code: string
  /** What message and hint must say between them. */
  readonly says: readonly string[]
}

const CASES: readonly Case[] = [
  { typed: 'bulid', code: 'QRN-CLI-001', says: ['`bulid`', '`qarion run`'] },
  { typed: 'statsu', code: 'QRN-CLI-001', says: ['Did you mean `status`?'] },
  { typed: 'xyzzy', code: 'QRN-CLI-001', says: ['`qarion --help` lists the commands'] },
  { typed: 'build', code: 'QRN-CLI-001', says: ['Type `qarion run`'] },
  { typed: 'compile', code: 'QRN-CLI-001', says: ['Type `qarion plan --sql`'] },
  { typed: 'migrate', code: 'QRN-CLI-001', says: ['Type `qarion plan`'] },
  { typed: 'apply', code: 'QRN-CLI-001', says: ['Type `qarion run`', '--plan FILE'] },
  { typed: 'deploy', code: 'QRN-CLI-001', says: ['--env NAME'] },
  { typed: 'dag', code: 'QRN-CLI-001', says: ['Type `qarion plan --format mermaid`'] },
  { typed: 'constructor', code: 'QRN-CLI-001', says: ['`constructor`'] },
  { typed: 'run orders --dry-run', code: 'QRN-CLI-002', says: ['Type `qarion plan orders`'] },
  { typed: 'run --select', code: 'QRN-CLI-004', says: ['--select needs a value'] },
  { typed: 'run --exclude --sql', code: 'QRN-CLI-004', says: ['--exclude needs a value'] },
  { typed: 'run --exclude=', code: 'QRN-CLI-005', says: ['a text that is not empty'] },
  { typed: 'run --models a', code: 'QRN-CLI-002', says: ['Type `qarion run a`'] },
  { typed: 'run --target prod', code: 'QRN-CLI-002', says: ['`qarion run --env NAME`'] },
  { typed: 'run --no-color', code: 'QRN-CLI-002', says: ['`NO_COLOR=1 qarion run`'] },
  { typed: 'run --ful-refresh', code: 'QRN-CLI-002', says: ['Did you mean `--full-refresh`?'] },
  { typed: 'run --cascad', code: 'QRN-CLI-002', says: ['Did you mean `--cascade`?'] },
  { typed: '--evn prod', code: 'QRN-CLI-002', says: ['Did you mean `--env`?', '`prod`'] },
  { typed: 'run --sql', code: 'QRN-CLI-002', says: ['an option of `qarion plan`'] },
  { typed: 'run -x', code: 'QRN-CLI-002', says: ['`qarion run --help` lists the options'] },
  { typed: 'show', code: 'QRN-CLI-003', says: ['needs DATASET', '`qarion show DATASET`'] },
  { typed: 'show a b', code: 'QRN-CLI-003', says: ['no further `b`'] },
  { typed: 'plugins add', code: 'QRN-CLI-003', says: ['takes list, doctor, not `add`'] },
  { typed: 'completion powershell', code: 'QRN-CLI-003', says: ['bash, zsh, fish'] },
  { typed: 'help bulid', code: 'QRN-CLI-001', says: ['`bulid`'] },
  { typed: 'plan --out', code: 'QRN-CLI-004', says: ['--out needs a value', '--out FILE'] },
  { typed: 'plan --out --sql', code: 'QRN-CLI-004', says: ['--out needs a value'] },
  { typed: 'run --batch 0', code: 'QRN-CLI-005', says: ['--batch is `0`', '2..5'] },
  { typed: 'run --batch 5..2', code: 'QRN-CLI-005', says: ['2..5'] },
  { typed: 'run --batch 1..2..3', code: 'QRN-CLI-005', says: ['2..5'] },
  { typed: 'show x --batch 1..2', code: 'QRN-CLI-005', says: ['one batch'] },
  { typed: 'show x --format xml', code: 'QRN-CLI-005', says: ['table, csv, json, ndjson'] },
  { typed: 'show x --limit -1', code: 'QRN-CLI-005', says: ['a whole number'] },
  { typed: 'show x --limit 1e3', code: 'QRN-CLI-005', says: ['a whole number'] },
  { typed: 'show x --columns a,,b', code: 'QRN-CLI-005', says: ['commas'] },
  { typed: 'run --jobs 0', code: 'QRN-CLI-005', says: ['from 1'] },
  { typed: 'run --wait soon', code: 'QRN-CLI-005', says: ['10m'] },
  { typed: 'run --wait=', code: 'QRN-CLI-005', says: ['10m'] },
  { typed: 'run --cascade=yes', code: 'QRN-CLI-005', says: ['it takes no value'] },
  { typed: 'run --batch-time yesterday', code: 'QRN-CLI-005', says: ['2024-05-31'] },
  { typed: 'run --batch-time 2024-02-30', code: 'QRN-CLI-005', says: ['2024-05-31'] },
  { typed: 'run --accept mass_delete', code: 'QRN-CLI-006', says: ['needs a --reason'] },
  { typed: 'run --reason because', code: 'QRN-CLI-006', says: ['more --reason than --accept'] },
]

describe('a wrong command line ends with 2 and says what to type', () => {
  for (const { typed, code, says } of CASES) {
    it(`qarion ${typed}`, async () => {
      const { exitCode, stdout, stderr } = await runBin(typed.split(' '))
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
      expect(stderr).toContain(`error ${code} `)
      for (const text of says) expect(stderr).toContain(text)
    })
  }

  it('says all that is wrong at once', async () => {
    const { exitCode, stderr } = await runBin(['run', '--batch', 'x', '--jobs', 'many', '--sql'])
    expect(exitCode).toBe(2)
    for (const text of ['--batch is `x`', '--jobs is `many`', 'no option --sql', '3 problems']) {
      expect(stderr).toContain(text)
    }
  })

  it('answers with a document under --json', async () => {
    const { exitCode, stdout, stderr } = await runBin(['run', '--btach', '3', '--json'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      qarion: 1,
      command: 'run',
      exitCode: 2,
      error: {
        code: 'QRN-CLI-002',
        reason: 'usage',
        message: '`qarion run` has no option --btach.',
        hint: 'Did you mean `--batch`?',
        retryable: false,
      },
    })
  })
})

function parse(typed: string): unknown {
  const parsed = parseCommandLine(splitWords(typed))
  return parsed.kind === 'command'
    ? { arguments: parsed.line.arguments, ...parsed.line.options }
    : parsed
}

describe('what is typed right', () => {
  it('options may stand anywhere', () => {
    const expected = { arguments: ['a', 'b'], env: 'prod', batch: { from: 2, to: 5 }, quiet: true }
    expect(parse('run a b --env prod --batch 2..5 -q')).toEqual(expected)
    expect(parse('--env=prod -q run a --batch=2..5 b')).toEqual(expected)
  })

  it('values are read as their types', () => {
    expect(parse('run --wait 1h30m --jobs 2 --batch 3')).toEqual({
      arguments: [],
      wait: 5_400_000,
      jobs: 2,
      batch: { from: 3, to: 3 },
    })
    expect(parse('run --wait 500ms')).toMatchObject({ wait: 500 })
    expect(parse("show x --columns a,b --columns 'c d' --where '-x > 1'")).toEqual({
      arguments: ['x'],
      columns: ['a', 'b', 'c d'],
      where: '-x > 1',
    })
    expect(parse('run --accept a --reason one --accept b --reason two')).toMatchObject({
      accept: ['a', 'b'],
      reason: ['one', 'two'],
    })
  })

  it('after -- nothing is an option', () => {
    expect(parse('run -- --all')).toEqual({ arguments: ['--all'] })
  })

  it('times of all forms', () => {
    for (const time of ['2024-05-31', '2024-05-31T06:00', '2024-05-31T06:00:00.123456+02:00']) {
      expect(parse(`run --batch-time ${time}`)).toMatchObject({ 'batch-time': time })
    }
  })

  it('every example of the help', () => {
    for (const { examples } of COMMANDS) {
      for (const { command } of examples) {
        const typed = command.replace(/^source <\((.*)\)$/, '$1').replaceAll('"', "'")
        const words = splitWords(typed.replace(/ > .*$/, ''))
        expect(words[0]).toBe('qarion')
        expect(parseCommandLine(words.slice(1))).not.toMatchObject({ kind: 'wrong' })
      }
    }
  })
})

describe('--select and --exclude', () => {
  it.each([
    ['run -s a b --exclude c d --json e', ['e'], ['a', 'b'], ['c', 'd']],
    ['run a --exclude=b c', ['a', 'c'], undefined, ['b']],
    ['plan --select a --select b', [], ['a', 'b'], undefined],
    ['status --exclude a -- b', ['b'], undefined, ['a']],
  ])('%s: each takes the words up to the next option', (typed, named, select, exclude) => {
    const parsed = parseCommandLine(typed.split(' '))
    if (parsed.kind !== 'command') throw new Error(JSON.stringify(parsed))
    expect(parsed.line.arguments).toEqual(named)
    expect(parsed.line.options.select).toEqual(select)
    expect(parsed.line.options.exclude).toEqual(exclude)
  })

  it('takes several words in one text', () => {
    expect(parseCommandLine(['run', '--select', 'a+ tag:b'])).toMatchObject({
      line: { options: { select: ['a+', 'tag:b'] } },
    })
  })
})

describe('habits', () => {
  it('lead to commands and options that exist', () => {
    const uses = [...Object.values(COMMAND_HABITS), ...Object.values(OPTION_HABITS)]
    const values: Record<string, string> = {
      'A..B': '1..2',
      DATASET: 'd',
      FLOW: 'f',
      NAME: 'n',
      N: '1',
    }
    for (const { use } of uses) {
      if (use.includes('NO_COLOR')) continue
      const words = use
        .replace('FLOW…', 'FLOW')
        .replace('FORMAT', 'csv')
        .split(' ')
        .map((word) => values[word] ?? word)
      const isCommand = COMMANDS.some(({ name }) => name === words[0])
      const owners = isCommand
        ? [words]
        : COMMANDS.map(({ name, arguments: [argument] }) =>
            argument?.isRequired ? [name, 'x', ...words] : [name, ...words],
          )
      const kinds = owners.map((line) => parseCommandLine(line).kind)
      expect({ use, leads: kinds.some((kind) => kind !== 'wrong') }).toEqual({ use, leads: true })
    }
  })

  it('never hide a command', () => {
    for (const { name } of COMMANDS) expect(COMMAND_HABITS).not.toHaveProperty(name)
  })
})

describe('words for history', () => {
  it('come back as they were typed', () => {
    const words = ['run', 'a b', "it's", '', '$x', '--where', 'x > 1 and "y"', '\\']
    expect(splitWords(quoteWords(words))).toEqual(words)
  })
})
