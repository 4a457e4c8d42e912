/** A row as text, NULL as `null`, in the order of some columns. */
export type TextRow = readonly (string | null)[]

/** How rows differ from what was expected. Rows come whole, in the order of the columns that are compared. */
export interface RowDifferences {
  readonly missing: readonly TextRow[]
  readonly extra: readonly TextRow[]
  readonly changed: readonly { readonly expected: TextRow; readonly actual: TextRow }[]
}

/**
 * Compares rows as they are, in whatever order. Rows that differ and are equal in the places of `identity` are one that
 * changed; without such places a row is missing or there beyond what was expected.
 */
export function compareRows(
  expected: readonly TextRow[],
  actual: readonly TextRow[],
  identity: readonly number[],
): RowDifferences {
  const left = new Map<string, TextRow[]>()
  for (const row of actual) listOf(left, JSON.stringify(row)).push(row)
  const unmatched = expected.filter((row) => left.get(JSON.stringify(row))?.pop() === undefined)
  const over = new Set([...left.values()].flat())
  const rest = actual.filter((row) => over.has(row))
  if (identity.length === 0) return { missing: unmatched, extra: rest, changed: [] }
  const byIdentity = new Map<string, TextRow[]>()
  const keyOf = (row: TextRow): string =>
    JSON.stringify(identity.map((index) => row[index] ?? null))
  for (const row of rest) listOf(byIdentity, keyOf(row)).push(row)
  const changed: { expected: TextRow; actual: TextRow }[] = []
  const missing: TextRow[] = []
  for (const row of unmatched) {
    const other = byIdentity.get(keyOf(row))?.shift()
    if (other === undefined) missing.push(row)
    else changed.push({ expected: row, actual: other })
  }
  const paired = new Set(changed.map((pair) => pair.actual))
  return { missing, extra: rest.filter((row) => !paired.has(row)), changed }
}

function listOf(lists: Map<string, TextRow[]>, key: string): TextRow[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}
