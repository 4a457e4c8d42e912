import { badId } from './local-errors.ts'

/** Room is left for a time before the name and an ending after it; file systems take 255 bytes. */
const LONGEST_NAME = 200

/**
 * An id as a file name: letters, digits, `_`, `-` and points inside stay; everything else is its UTF-8 bytes as `%XX`.
 * Upper-case letters are escaped too, so that ids that differ in case are two files on every file system.
 * Throws QRN-LOCAL-003 for an id that is empty or too long.
 */
export function toFileName(id: string): string {
  const name = Array.from(Buffer.from(id, 'utf8'), (byte, index) => {
    const letter = String.fromCharCode(byte)
    const isPlain = /[a-z0-9_-]/.test(letter) || (letter === '.' && index > 0)
    return isPlain ? letter : `%${byte.toString(16).padStart(2, '0')}`
  }).join('')
  if (name === '' || name.length > LONGEST_NAME) throw badId(id)
  return name
}

/** The id of a file name that `toFileName` made. */
export function fromFileName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
