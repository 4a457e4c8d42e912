import { polarsError } from '../polars-errors.ts'
import type { Part, StoredTableState, StoredViewState, StoreState } from './table-store.ts'

/** What the manifest of a storage folder says. */
export interface Manifest {
  readonly state: StoreState
  /** Files of the state before, which readers may still be at. */
  readonly previousParts: readonly string[]
}

/** Grows when a manifest of before could be read wrongly. */
const FORMAT = 1

interface ManifestDocument {
  readonly qarion_polars: number
  readonly fence: string
  readonly tables: Readonly<Record<string, StoredTableState>>
  readonly views: Readonly<Record<string, StoredViewState>>
  readonly previous_parts: readonly string[]
}

export function serializeManifest({ state, previousParts }: Manifest): string {
  const document: ManifestDocument = {
    qarion_polars: FORMAT,
    fence: String(state.fence),
    tables: Object.fromEntries(state.tables),
    views: Object.fromEntries(state.views),
    previous_parts: previousParts,
  }
  return `${JSON.stringify(document, undefined, 1)}\n`
}

/** Throws QRN-POLARS-009 where the text is no manifest. */
export function parseManifest(text: string, path: string): Manifest {
  const document = parseJson(text)
  if (!isManifest(document)) {
    throw polarsError(
      'QRN-POLARS-009',
      `${path} is damaged, or is no manifest that this version of Qarion reads.`,
    )
  }
  return {
    state: {
      fence: BigInt(document.fence),
      tables: new Map(Object.entries(document.tables)),
      views: new Map(Object.entries(document.views)),
    },
    previousParts: document.previous_parts,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function isManifest(document: unknown): document is ManifestDocument {
  if (!isRecord(document)) return false
  const { fence, tables, views, previous_parts: previous } = document
  return (
    document['qarion_polars'] === FORMAT &&
    typeof fence === 'string' &&
    /^[0-9]+$/.test(fence) &&
    isRecord(tables) &&
    Object.values(tables).every(isTable) &&
    isRecord(views) &&
    Array.isArray(previous)
  )
}

function isTable(table: unknown): boolean {
  return (
    isRecord(table) &&
    Array.isArray(table['columns']) &&
    Array.isArray(table['key']) &&
    Array.isArray(table['parts']) &&
    table['parts'].every(isPart)
  )
}

function isPart(part: unknown): part is Part {
  return isRecord(part) && typeof part['id'] === 'string' && typeof part['sizeBytes'] === 'number'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
