import { readFile } from 'node:fs/promises'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'

import {
  canonicalJson,
  isValueProblem,
  parseValue,
  type Column,
  type DataType,
  type Row,
  type Value,
} from '@qarion/core'

/** Parsed JSON in which numbers are the text that stands in the file, so that none passes through a double. */
type Node =
  | string
  | boolean
  | null
  | NumberText
  | readonly Node[]
  | { readonly [key: string]: Node }

class NumberText {
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }
}

/** What the types of the runtime do not have yet: the reviver is handed the source of each value. */
type Parse = (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source: string }) => unknown,
) => Node
const parse = JSON.parse as Parse

function parseExactly(text: string): Node {
  return parse(text, (_, value, { source }) =>
    typeof value === 'number' ? new NumberText(source) : value,
  )
}

/** Reads a file of either layout with the runtime's own parser. */
export async function readBack(path: string, columns: readonly Column[]): Promise<Row[]> {
  const bytes = await readFile(path)
  const text = decompress(path, bytes).toString()
  const objects = path.includes('.ndjson')
    ? text.split('\n').slice(0, -1).map(parseExactly)
    : (parseExactly(text) as readonly Node[])
  return objects.map((object) => {
    const members = Object.entries(object as { readonly [key: string]: Node })
    if (members.length !== columns.length) throw new Error(`${members.length} members`)
    const byName = new Map(members)
    return columns.map(({ name, type }) => valueOf(type, byName.get(name)))
  })
}

function decompress(path: string, bytes: Buffer): Buffer {
  if (path.endsWith('.gz')) return gunzipSync(bytes)
  return path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes
}

function valueOf(type: DataType, node: Node | undefined): Value | null {
  if (node === undefined) throw new Error('A member is missing.')
  if (node === null) return null
  if (type.kind === 'boolean') return node as boolean
  const text =
    type.kind === 'json'
      ? textOf(node)
      : node instanceof NumberText
        ? node.digits
        : (node as string)
  const value = type.kind === 'json' ? canonicalJson(text) : parseValue(type, text)
  if (isValueProblem(value)) throw new Error(`${text}: ${value.reason}`)
  return value
}

function textOf(node: Node): string {
  if (node instanceof NumberText) return node.digits
  if (Array.isArray(node)) return `[${(node as readonly Node[]).map(textOf).join(',')}]`
  if (typeof node !== 'object' || node === null) return JSON.stringify(node)
  const members = Object.entries(node as { readonly [key: string]: Node })
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join(',')}}`
}
