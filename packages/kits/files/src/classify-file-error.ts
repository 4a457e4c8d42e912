import { isQarionError, type ErrorReason, type QarionError } from '@qarion/core'

import { fileError, type FileErrorCode } from './files-errors.ts'

type Class = readonly [code: FileErrorCode, reason: ErrorReason, what: string]

const DENIED: Class = ['QRN-FILE-003', 'file_system', 'may not be accessed by this user']
const FULL: Class = [
  'QRN-FILE-005',
  'resource',
  'cannot be written: no space is left on the device',
]
const THROUGH_FILE: Class = [
  'QRN-FILE-004',
  'file_system',
  'goes through a file as if it were a folder',
]
const OPEN_FILES: Class = ['QRN-FILE-007', 'resource', 'cannot be opened: too many files are open']

const CLASSES: Readonly<Record<string, Class>> = {
  ENOENT: ['QRN-FILE-002', 'file_system', 'does not exist'],
  EACCES: DENIED,
  EPERM: DENIED,
  EISDIR: ['QRN-FILE-004', 'file_system', 'is a folder, not a file'],
  ENOTDIR: THROUGH_FILE,
  // Of a folder that is to be made.
  EEXIST: THROUGH_FILE,
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  EROFS: ['QRN-FILE-006', 'file_system', 'is on a file system that is read-only'],
  EMFILE: OPEN_FILES,
  ENFILE: OPEN_FILES,
}

/** What the operating system threw about `path`, as an error of ours; ours stay as they are. */
export function classifyFileError(cause: unknown, path: string): QarionError {
  if (isQarionError(cause)) return cause
  if (cause instanceof Error && cause.name === 'AbortError')
    return fileError('QRN-FILE-014', 'interrupted', `Work on ${path} was interrupted.`, { cause })
  const systemCode = systemCodeOf(cause)
  const [code, reason, what] = CLASSES[systemCode] ?? [
    'QRN-FILE-008',
    'file_system',
    `cannot be read or written (${systemCode === '' ? String(cause) : systemCode})`,
  ]
  return fileError(code, reason, `${path} ${what}.`, {
    cause,
    place: { file: path },
    ...(systemCode === '' ? {} : { data: { systemCode } }),
  })
}

/** `ENOENT` and the like; empty if there is none. */
export function systemCodeOf(cause: unknown): string {
  const isCoded = typeof cause === 'object' && cause !== null && 'code' in cause
  return isCoded && typeof cause.code === 'string' ? cause.code : ''
}
