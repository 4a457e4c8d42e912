import type { ProblemList } from '../problem-list.ts'
import type { Spot, TomlSource } from '../toml-node.ts'

/** Rows as `qarion show --format csv` prints them. */
export interface CsvTable {
  readonly header: readonly CsvField[]
  readonly records: readonly CsvRecord[]
}

export interface CsvRecord {
  /** As many as the header has. */
  readonly fields: readonly CsvField[]
  /** Line of its beginning in the CSV, from 1. */
  readonly line: number
  /** As it is written. */
  readonly text: string
}

export interface CsvField {
  /** NULL is `null`: an empty field without quotes. */
  readonly text: string | null
  readonly at: Spot
}

/** Where a CSV stands: `offset` is where its first character is in the source, if each has a place of its own. */
interface CsvPlace {
  readonly source: TomlSource
  readonly offset: number | undefined
  /** Serves where the characters have no places. */
  readonly whole: Spot
}

/** A file that holds nothing but CSV. */
export function csvOfFile(source: TomlSource, problems: ProblemList): CsvTable | undefined {
  const whole = { source, start: 0, end: 0 }
  return parseTable(source.text, { source, offset: 0, whole }, problems)
}

/** CSV in a text of a TOML file. */
export function csvOfText(text: string, at: Spot, problems: ProblemList): CsvTable | undefined {
  const raw = at.source.text.slice(at.start, at.end)
  const opening = /^(?:'''|""")(?:\r?\n)?|^['"]/.exec(raw)?.[0].length ?? 0
  // Where nothing is escaped, the text stands in the file as it is.
  const isPlain = raw.startsWith(text, opening)
  const offset = isPlain ? at.start + opening : undefined
  return parseTable(text, { source: at.source, offset, whole: at }, problems)
}

interface RawRecord {
  readonly fields: readonly RawField[]
  readonly line: number
  readonly start: number
  readonly end: number
}

interface RawField {
  readonly text: string | null
  readonly start: number
  readonly end: number
}

function parseTable(text: string, place: CsvPlace, problems: ProblemList): CsvTable | undefined {
  const spot = ({ end, start }: { readonly start: number; readonly end: number }): Spot =>
    place.offset === undefined
      ? place.whole
      : { source: place.source, start: place.offset + start, end: place.offset + end }
  const report = (message: string, at: { readonly start: number; readonly end: number }): void =>
    problems.add({ code: 'QRN-CONFIG-051', message, at: spot(at) })
  const parsed = parseRecords(text)
  if ('message' in parsed) {
    report(parsed.message, parsed)
    return undefined
  }
  const [header, ...records] = parsed.records
  if (header === undefined) {
    report('the CSV has no header', { start: 0, end: 1 })
    return undefined
  }
  const before = problems.count
  const seen = new Set<string>()
  for (const field of header.fields) {
    if (field.text === null) report('a column has no name', field)
    else if (seen.has(field.text)) report(`the column \`${field.text}\` is there twice`, field)
    seen.add(field.text ?? '')
  }
  // A line without anything is a NULL where there is one column, else nothing.
  const rows = records.filter(
    ({ fields }) => header.fields.length === 1 || fields.length > 1 || fields[0]?.text !== null,
  )
  for (const record of rows) {
    if (record.fields.length === header.fields.length) continue
    report(
      `the row has ${record.fields.length} fields, the header has ${header.fields.length}`,
      record,
    )
  }
  if (problems.count > before) return undefined
  const placed = ({ fields }: RawRecord): readonly CsvField[] =>
    fields.map((field) => ({ text: field.text, at: spot(field) }))
  return {
    header: placed(header),
    records: rows.map((record) => ({
      fields: placed(record),
      line: record.line,
      text: text.slice(record.start, record.end),
    })),
  }
}

const FIELD = /"((?:[^"]|"")*)"|([^",\r\n]*)/y

/** All records with the places of their fields, or what is no CSV and where. */
function parseRecords(
  text: string,
):
  | { readonly records: readonly RawRecord[] }
  | { readonly message: string; readonly start: number; readonly end: number } {
  const records: RawRecord[] = []
  let fields: RawField[] = []
  let line = 1
  let lines = 0
  let start = 0
  for (let at = 0; at < text.length || fields.length > 0;) {
    FIELD.lastIndex = at
    const match = FIELD.exec(text)
    const [all = '', quoted, plain = ''] = match ?? []
    const end = at + all.length
    fields.push({
      text: quoted === undefined ? (plain === '' ? null : plain) : quoted.replaceAll('""', '"'),
      start: at,
      end,
    })
    lines += all.split('\n').length - 1
    const next = text[end]
    if (next === ',') {
      at = end + 1
      continue
    }
    const newline = /^\r?\n/.exec(text.slice(end, end + 2))?.[0]
    if (newline === undefined && end < text.length) {
      const message =
        all === ''
          ? 'a quote is not closed'
          : 'a quote stands inside a field without quotes, or text after one'
      return { message, start: end, end: end + 1 }
    }
    records.push({ fields, line, start, end })
    fields = []
    lines += newline === undefined ? 0 : 1
    line = lines + 1
    at = end + (newline?.length ?? 0)
    start = at
    if (newline === undefined) break
  }
  return { records }
}
