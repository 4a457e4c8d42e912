import { createHash } from 'node:crypto'

import {
  isQarionError,
  sourceNameOf,
  type DiscoverRequest,
  type EngineSession,
  type ForeignReadRequest,
  type QarionError,
  type Value,
} from '@qarion/core'

import { databaseError } from './database-errors.ts'
import type { DatabaseSettings } from './database-options.ts'
import { readSpool, writeSpool, type Spooled } from './spool.ts'
import type { Watermark } from './watermark.ts'

/** One read of the source, kept in a file. */
export interface SourceRead extends Spooled {
  readonly bookmark: string | undefined
  /** Whether it holds anything that the reads before did not. */
  readonly isNew: boolean
}

/** Where the reads of a watermark have come to. */
interface Bookmark {
  readonly column: string
  readonly greatest: string
  /** Hash of the rows that the next read will give again: those within the overlap. */
  readonly edge: string
}

/** Reads the table or query once, into the file. Throws QRN-DATABASE-003, -004, -005, or what the engine throws. */
export async function readSource(
  session: EngineSession,
  path: string,
  settings: DatabaseSettings,
  { columns, primaryKey, previous, signal }: DiscoverRequest,
  watermark: Watermark | undefined,
): Promise<SourceRead> {
  const last = previous.at(-1)
  const bookmark = bookmarkOf(last?.bookmark, settings)
  const known = bookmark && watermark?.parse(bookmark.greatest)
  const bound = known === undefined ? undefined : watermark?.lowerBound(known)
  const names = columns.map(sourceNameOf)
  const request: ForeignReadRequest = {
    relation: settings.relation,
    columns: columns.map((column) => ({ name: sourceNameOf(column), type: column.type })),
    ...(bound === undefined ? {} : { from: watermark?.conditionFrom(bound) as never }),
    orderBy: orderOf(names, watermark, columns, primaryKey),
    signal,
  }
  let greatest: Value | undefined = known
  const isKept = (texts: readonly (string | null)[]): boolean => {
    const value = watermark?.parse(texts[watermark.index])
    if (watermark === undefined || value === undefined) return true
    if (bound !== undefined && watermark.isLess(value, bound)) return false
    if (greatest === undefined || watermark.isLess(greatest, value)) greatest = value
    return true
  }
  const spooled = await spool(session, path, request, isKept)
  if (watermark === undefined)
    return { ...spooled, bookmark: undefined, isNew: last?.contentHash !== spooled.contentHash }
  if (greatest === undefined) return { ...spooled, bookmark: undefined, isNew: true }
  const hashes = await hashRows(spooled.path, watermark, watermark.lowerBound(greatest), signal)
  const next: Bookmark = {
    column: settings.watermark?.column as string,
    greatest: watermark.format(greatest),
    edge: hashes.edge,
  }
  return {
    ...spooled,
    bookmark: JSON.stringify(next),
    isNew: bookmark === undefined || (spooled.rowCount > 0 && hashes.all !== bookmark.edge),
  }
}

function bookmarkOf(
  text: string | undefined,
  { watermark }: DatabaseSettings,
): Bookmark | undefined {
  if (text === undefined || watermark === undefined) return undefined
  const bookmark = JSON.parse(text) as Bookmark
  // What was read by another column says nothing about this one.
  return bookmark.column === watermark.column ? bookmark : undefined
}

/** The same rows come in the same order, so that their hash tells whether they are the same. */
function orderOf(
  names: readonly string[],
  watermark: Watermark | undefined,
  columns: DiscoverRequest['columns'],
  primaryKey: readonly string[],
): readonly string[] {
  const key = names.filter((_, index) => primaryKey.includes(columns[index]?.name ?? ''))
  const by = key.length > 0 ? key : names
  return watermark === undefined ? by : [...new Set([names[watermark.index] as string, ...by])]
}

async function spool(
  session: EngineSession,
  path: string,
  request: ForeignReadRequest,
  isKept: (texts: readonly (string | null)[]) => boolean,
): Promise<Spooled> {
  const rows = session.readForeign?.(request)
  if (rows === undefined)
    throw databaseError(
      'QRN-DATABASE-002',
      'configuration',
      'the engine has no tables but those that flows write.',
    )
  try {
    return await writeSpool(path, rows, request.columns.length, isKept)
  } catch (thrown) {
    if (!isQarionError(thrown) || !ASKED_WRONGLY.has(thrown.reason)) throw thrown
    throw await explain(session, request, thrown)
  }
}

/** Reasons that may come of what was asked for; a lost connection, a lock and the like stay as they are. */
const ASKED_WRONGLY: ReadonlySet<QarionError['reason']> = new Set<QarionError['reason']>([
  'configuration',
  'corrupt',
  'data',
  'execution',
  'internal',
  'unsupported',
  'usage',
])

/** Says what of the request is not there, as far as the database tells. */
async function explain(
  session: EngineSession,
  { relation, columns }: ForeignReadRequest,
  cause: QarionError,
): Promise<QarionError> {
  const tables = await session.listTables().catch(() => undefined)
  // What cannot tell its tables either is damaged as a whole.
  if (tables === undefined) return cause
  if (relation.kind === 'table' && relation.path.length === 1) {
    const [name] = relation.path
    const found = tables.find((table) => table.name === name)
    if (found === undefined && tables.length > 0)
      return databaseError('QRN-DATABASE-003', 'configuration', `there is no table "${name}"`, {
        cause,
        hint: `There are: ${shown(tables.map((table) => table.name))}.`,
      })
    const missing = columns.find((column) => found?.columns.includes(column.name) === false)
    if (found !== undefined && missing !== undefined)
      return databaseError(
        'QRN-DATABASE-004',
        'configuration',
        `"${name}" has no column "${missing.name}"`,
        { cause, hint: `It has: ${shown(found.columns)}.` },
      )
  }
  const what = relation.kind === 'table' ? `"${relation.path.join('.')}"` : 'the query'
  return databaseError(
    'QRN-DATABASE-005',
    'configuration',
    `the database does not read ${what}: ${cause.message}`,
    { cause },
  )
}

const MOST_SHOWN = 30

function shown(names: readonly string[]): string {
  const more = names.length - MOST_SHOWN
  return `${names.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Hashes of all rows, and of those from `bound` on. */
async function hashRows(
  path: string,
  watermark: Watermark,
  bound: Value,
  signal: AbortSignal,
): Promise<{ readonly all: string; readonly edge: string }> {
  const all = createHash('sha256')
  const edge = createHash('sha256')
  for await (const columns of readSpool(path, signal)) {
    const count = columns[0]?.length ?? 0
    for (let row = 0; row < count; row += 1) {
      const text = `${JSON.stringify(columns.map((column) => column[row]))}\n`
      all.update(text)
      const value = watermark.parse(columns[watermark.index]?.[row])
      if (value === undefined || !watermark.isLess(value, bound)) edge.update(text)
    }
  }
  return { all: all.digest('hex'), edge: edge.digest('hex') }
}
