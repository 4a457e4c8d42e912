/**
 * Writes the tables of functions and casts into docs/semantics.md, between their markers. With `--check` it writes
 * nothing and fails if the page is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs'

import { AGGREGATE_NAMES, FUNCTION_NAMES, WINDOW_NAMES } from '@qarion/core'
import {
  AGGREGATE_SIGNATURES,
  CAST_RULES,
  formatSignature,
  FUNCTION_SIGNATURES,
  WINDOW_SIGNATURES,
  type FunctionSignature,
} from '@qarion/plan'

const PAGE = new URL('../../../docs/semantics.md', import.meta.url)

const NULLS: Readonly<Record<FunctionSignature['nulls'], string>> = {
  if_any: 'if any argument is',
  if_all: 'if all arguments are',
  never: 'never',
  may_be: 'as said',
}

/** Signs of the language that stand for functions are in the text of the examples; bars would end a cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function describeParameters(signature: FunctionSignature): string {
  const shown = signature.parameters.map((parameter) => {
    const kinds = parameter.accepts === 'any' ? 'any' : parameter.accepts.join(', ')
    return `\`${parameter.name}\` ${kinds}${parameter.isLiteral ? ', a constant' : ''}`
  })
  return shown.length === 0 ? '—' : shown.join('; ')
}

function functionTable(
  names: readonly string[],
  signatures: Readonly<Record<string, FunctionSignature>>,
): string {
  const rows = names.flatMap((name) => {
    const signature = signatures[name]
    if (signature === undefined) return []
    const fails = signature.fails === undefined ? '' : ` Fails ${signature.fails}.`
    const result = signature.example.result === null ? 'NULL' : `\`${signature.example.result}\``
    return [
      `| \`${formatSignature(name, signature)}\` | ${describeParameters(signature)} | ${cell(signature.resultText)} | ${NULLS[signature.nulls]} | ${cell(signature.doc + fails)} | \`${cell(signature.example.text)}\` is ${cell(result)} |`,
    ]
  })
  return [
    '| function | takes | gives | NULL | meaning | example |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function castTable(): string {
  const rows = CAST_RULES.map(({ from, to, doc }) => `| ${from} | ${to} | ${cell(doc)} |`)
  return ['| from | to | how |', '|---|---|---|', ...rows].join('\n')
}

const BLOCKS: Readonly<Record<string, string>> = {
  functions: functionTable(FUNCTION_NAMES, FUNCTION_SIGNATURES),
  aggregates: functionTable(AGGREGATE_NAMES, AGGREGATE_SIGNATURES),
  windows: functionTable(WINDOW_NAMES, WINDOW_SIGNATURES),
  casts: castTable(),
}

function fill(page: string): string {
  return Object.entries(BLOCKS).reduce((text, [name, block]) => {
    const open = `<!-- generated: ${name} -->`
    const close = `<!-- /generated: ${name} -->`
    const start = text.indexOf(open)
    const end = text.indexOf(close)
    if (start < 0 || end < start) throw new Error(`docs/semantics.md lacks the markers of ${name}.`)
    return `${text.slice(0, start + open.length)}\n\n${block}\n\n${text.slice(end)}`
  }, page)
}

const page = readFileSync(PAGE, 'utf8')
const filled = fill(page)
if (!process.argv.includes('--check')) writeFileSync(PAGE, filled)
else if (page !== filled) {
  process.stderr.write(
    'docs/semantics.md is not up to date: run `node packages/plan/scripts/write-functions.ts`.\n',
  )
  process.exitCode = 1
}
