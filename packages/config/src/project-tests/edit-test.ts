import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { QarionError } from '@qarion/core'

import { CONFIG_ERRORS } from '../config-errors.ts'
import { toPlace } from '../problem-list.ts'
import type { TomlNode, TomlTable } from '../toml-node.ts'
import type { ProjectTest, TestDelivery, TestExpectation } from './project-test.ts'

/** Rows that take the place of those that were expected, as CSV. */
export type ExpectedRows =
  | { readonly of: TestExpectation; readonly csv: string }
  /** Rows that nobody expected yet. */
  | {
      readonly after: TestDelivery
      readonly dataset: string
      readonly batch?: number
      readonly csv: string
    }

/**
 * Writes rows into the file of a test, or into the CSV files that it names. All else stays as it is: comments, order,
 * other values. Gives the files that are others now.
 */
export function writeExpectedRows(
  projectDirectory: string,
  test: ProjectTest,
  changes: readonly ExpectedRows[],
): readonly string[] {
  const contents = new Map<string, string>()
  const edits: Edit[] = []
  for (const change of changes) {
    if ('of' in change && change.of.file !== undefined) contents.set(change.of.file, change.csv)
    else edits.push(editOf(change))
  }
  if (edits.length > 0) {
    const [delivery] = test.deliveries
    contents.set(test.file, applyEdits(delivery?.table.source.text ?? '', edits))
  }
  return [...contents].flatMap(([file, text]) => {
    const path = join(projectDirectory, file)
    if (isContent(path, text)) return []
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return [file]
  })
}

function isContent(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text
  } catch {
    return false
  }
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((left, right) => right.start - left.start)
    .reduce(
      (sofar, { end, start, text: by }) => sofar.slice(0, start) + by + sofar.slice(end),
      text,
    )
}

function editOf(change: ExpectedRows): Edit {
  if ('after' in change) {
    const { after, batch, csv, dataset } = change
    const lines = [
      '[[deliveries.expect]]',
      `dataset = ${JSON.stringify(dataset)}`,
      ...(batch === undefined ? [] : [`batch = ${batch}`]),
      `csv = ${quoted(csv, "'''")}`,
    ]
    return lineAfter(after.table, `\n\n${lines.join('\n')}`)
  }
  const { table } = change.of
  const node = table.entries.get('csv')?.node
  if (node === undefined) return lineAfter(table, `\ncsv = ${quoted(change.csv, "'''")}`)
  const opening = table.source.text.slice(node.start, node.start + 3)
  return { start: node.start, end: node.end, text: quoted(change.csv, opening) }
}

/** After the line on which a table's last value ends. */
function lineAfter(table: TomlTable, text: string): Edit {
  const { source } = table
  // A table in braces has no lines of its own.
  if (source.text[table.start] === '{') {
    throw new QarionError(
      'QRN-CONFIG-053',
      'configuration',
      'rows cannot be written into a table in braces',
      { hint: CONFIG_ERRORS['QRN-CONFIG-053'].cure, place: toPlace(table) },
    )
  }
  const lineEnd = source.text.indexOf('\n', endOf(table))
  const at = lineEnd < 0 ? source.text.length : lineEnd
  const isCarriageReturn = source.text[at - 1] === '\r'
  return { start: at - Number(isCarriageReturn), end: at - Number(isCarriageReturn), text }
}

function endOf(node: TomlNode): number {
  if (node.kind === 'scalar') return node.end
  const inner =
    node.kind === 'array' ? node.items : Array.from(node.entries.values(), (entry) => entry.node)
  return Math.max(node.end, ...inner.map(endOf))
}

/** As a text over several lines; with the quotes that were there if they can hold it. */
function quoted(csv: string, opening: string): string {
  const isPlain = !/[^\P{Cc}\n\t]/u.test(csv)
  if (opening === '"""' && isPlain && !csv.includes('\\') && !csv.includes('"""'))
    return `"""\n${csv}"""`
  if (isPlain && !csv.includes("'''")) return `'''\n${csv}'''`
  const escaped = csv
    .replaceAll('\\', '\\\\')
    .replaceAll('"""', '""\\"')
    .replaceAll(
      /[^\P{Cc}\n\t]/gu,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  return `"""\n${escaped}"""`
}
