import { databaseError } from './database-errors.ts'

const PART = /\s*(?:"((?:[^"]|"")+)"|([^".\s]+))\s*(\.|$)/y

/** The parts of `schema.table`; double quotes around a part keep points and blanks in it. Throws QRN-DATABASE-001. */
export function parseTablePath(text: string): readonly string[] {
  const parts: string[] = []
  PART.lastIndex = 0
  for (;;) {
    const found = PART.exec(text)
    if (found === null)
      throw databaseError(
        'QRN-DATABASE-001',
        'configuration',
        `table is "${text}", which is no name.`,
      )
    const [, quoted, plain, end] = found
    parts.push(quoted?.replaceAll('""', '"') ?? (plain as string))
    if (end === '') return parts
  }
}
