/** City, grade, since; `null` is NULL. */
export type Cells = readonly [string | null, string | null, string]
export type Rows = ReadonlyMap<string, Cells>

export interface Batch {
  readonly rows: Rows
  /** Time of the batch. */
  readonly time: string
}

export interface ModelOptions {
  /** Versions are valid from `since`, late ones from where the newest version of their key begins or has ended. */
  readonly isEffective: boolean
  readonly fromBeginning: boolean
}

interface Version {
  readonly cells: Cells
  readonly validFrom: string
  readonly batch: number
  readonly changed: string | null
  end?: { readonly validTo: string; readonly reason: string; readonly batch: number }
}

const BEGINNING = '0001-01-01T00:00:00Z'
const COLUMNS = ['city', 'grade', 'since'] as const

/** The rows of `dimension` after the batches, made without an engine. Columns as in `DIMENSION_COLUMNS`. */
export function dimensionOf(batches: readonly Batch[], options: ModelOptions): string[] {
  const history = new Map<string, Version[]>()
  for (const [index, { rows, time }] of batches.entries()) {
    const isFirst = history.size === 0
    for (const key of new Set([...history.keys(), ...rows.keys()])) {
      const versions = history.get(key) ?? []
      const last = versions.at(-1)
      const open = last?.end === undefined ? last : undefined
      const cells = rows.get(key)
      const changed = COLUMNS.filter((_, at) => open?.cells[at] !== cells?.[at])
      if (open === undefined ? cells === undefined : cells !== undefined && changed.length === 0)
        continue
      const told = options.isEffective && cells !== undefined ? cells[2] : time
      const earliest = last?.end?.validTo ?? last?.validFrom
      let at = earliest !== undefined && isBefore(told, earliest) ? earliest : told
      if (isFirst && options.fromBeginning) at = BEGINNING
      if (open !== undefined)
        open.end = {
          validTo: at,
          reason: cells === undefined ? 'deleted' : 'changed',
          batch: index + 1,
        }
      if (cells !== undefined)
        versions.push({
          cells,
          validFrom: at,
          batch: index + 1,
          changed: open === undefined ? null : JSON.stringify(changed),
        })
      history.set(key, versions)
    }
  }
  return [...history].flatMap(([key, versions]) =>
    versions.map(({ cells, validFrom, batch, changed, end }, index) =>
      [
        key,
        ...cells,
        String(index + 1),
        validFrom,
        end?.validTo ?? null,
        String(end === undefined),
        end?.reason ?? null,
        String(batch),
        end === undefined ? null : String(end.batch),
        changed,
      ]
        .map((cell) => cell ?? '∅')
        .join('|'),
    ),
  )
}

export const DIMENSION_COLUMNS = [
  'id',
  'city',
  'grade',
  'since',
  'xt_version',
  'xt_valid_from',
  'xt_valid_to',
  'xt_is_current',
  'xt_close_reason',
  'xt_batch_id',
  'xt_closed_batch_id',
  'xt_changed_columns',
] as const

/** What is against the law in rows of `DIMENSION_COLUMNS`. */
export function lawProblems(dimension: readonly string[], batches: readonly Batch[]): string[] {
  const versions = dimension.map((row) => {
    const [key = '', city, grade, since, , from = '', to = '', isCurrent, , opened, closed] =
      row.split('|')
    return {
      key,
      text: [key, city, grade, since].join('|'),
      from,
      to: to === '∅' ? undefined : to,
      isCurrent: isCurrent === 'true',
      opened: Number(opened),
      closed: closed === '∅' ? Number.POSITIVE_INFINITY : Number(closed),
    }
  })
  const problems: string[] = []
  for (const [index, { rows }] of batches.entries()) {
    const asOf = versions
      .filter(({ opened, closed }) => opened <= index + 1 && index + 1 < closed)
      .map(({ text }) => text)
      .toSorted()
    const snapshot = [...rows]
      .map(([key, cells]) => [key, ...cells.map((cell) => cell ?? '∅')].join('|'))
      .toSorted()
    if (asOf.join('\n') !== snapshot.join('\n'))
      problems.push(`as of batch ${index + 1}: ${asOf.join(' ; ')} and not ${snapshot.join(' ; ')}`)
  }
  for (const key of new Set(versions.map((version) => version.key))) {
    const own = versions.filter((version) => version.key === key)
    if (own.filter(({ isCurrent }) => isCurrent).length > 1)
      problems.push(`${key} has several current versions`)
    for (const [index, { from, to, isCurrent }] of own.entries()) {
      const next = own[index + 1]
      if (isCurrent !== (to === undefined)) problems.push(`${key}: is_current and valid_to differ`)
      if (to !== undefined && isBefore(to, from)) problems.push(`${key}: ${to} is before ${from}`)
      if (next !== undefined && (to === undefined || isBefore(next.from, to)))
        problems.push(`${key}: the version from ${from} overlaps the next`)
    }
  }
  return problems
}

function isBefore(left: string, right: string): boolean {
  return comparable(left) < comparable(right)
}

/** With all digits of the fraction, instants of four-digit years are ordered as texts are. */
function comparable(instant: string): string {
  const [seconds = '', fraction = ''] = instant.slice(0, -1).split('.')
  return `${seconds}.${fraction.padEnd(6, '0')}`
}
