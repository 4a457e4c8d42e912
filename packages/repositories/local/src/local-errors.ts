import { QarionError } from '@qarion/core'

/** Codes of this package: what each means and what helps. */
export const LOCAL_ERRORS = {
  'QRN-LOCAL-001': {
    title: 'A file of the history cannot be read or written',
    cause: 'The operating system refused.',
    cure: 'Check that the folder exists and that you may write to it.',
  },
  'QRN-LOCAL-002': {
    title: 'No room left for the history',
    cause: 'The disk or quota is full.',
    cure: 'Make room; what was there before is as it was.',
  },
  'QRN-LOCAL-003': {
    title: 'An id cannot be a file name',
    cause:
      'Ids become file names: they are not empty and take 200 characters at most once escaped.',
    cure: 'Use a shorter id.',
  },
  'QRN-LOCAL-004': {
    title: 'A stored file is damaged',
    cause: 'The file is not what was written; it was changed or the disk is faulty.',
    cure: 'Remove the file named; run history is rebuilt from the engine, definitions are stored again.',
  },
} as const

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** A failure of the file system as a QarionError. */
export function fileError(path: string, cause: unknown): QarionError {
  const isFull = FULL.has((cause as NodeJS.ErrnoException).code ?? '')
  const code = isFull ? 'QRN-LOCAL-002' : 'QRN-LOCAL-001'
  return new QarionError(
    code,
    isFull ? 'resource' : 'file_system',
    `${path}: ${(cause as Error).message}`,
    { hint: LOCAL_ERRORS[code].cure, cause, place: { file: path } },
  )
}

export function badId(id: string): QarionError {
  return new QarionError(
    'QRN-LOCAL-003',
    'usage',
    id === '' ? 'an id is empty' : `the id "${id.slice(0, 40)}…" is too long`,
    { hint: LOCAL_ERRORS['QRN-LOCAL-003'].cure },
  )
}

export function damagedFile(path: string, cause: unknown): QarionError {
  return new QarionError('QRN-LOCAL-004', 'corrupt', `${path} is damaged`, {
    hint: LOCAL_ERRORS['QRN-LOCAL-004'].cure,
    cause,
    place: { file: path },
  })
}
