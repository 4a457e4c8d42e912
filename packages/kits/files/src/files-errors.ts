import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** The errors of this package. */
export const FILE_ERRORS = {
  'QRN-FILE-001': {
    title: 'A path leaves the project',
    cause: 'The path, with its links followed, is neither in the project nor in an allowed path.',
    cure: 'Move the files into the project, or add their folder to allowed_paths of [project].',
  },
  'QRN-FILE-002': {
    title: 'A file or folder does not exist',
    cause: 'Nothing is at the path.',
    cure: 'Check the spelling; paths are relative to the folder of qarion.toml.',
  },
  'QRN-FILE-003': {
    title: 'Access to a file is denied',
    cause: 'The user that runs Qarion may not read or write the path.',
    cure: 'Give that user the right to it, or run as another user.',
  },
  'QRN-FILE-004': {
    title: 'A folder is where a file is expected, or the other way round',
    cause: 'The path names the wrong kind of thing.',
    cure: 'Name a file where a file is read or written; a folder takes a file_pattern.',
  },
  'QRN-FILE-005': {
    title: 'The disk is full',
    cause: 'The device or the quota has no room left.',
    cure: 'Free some space; what was half written has been removed.',
  },
  'QRN-FILE-006': {
    title: 'The file system is read-only',
    cause: 'The path is on a device that is mounted for reading only.',
    cure: 'Choose a path that can be written.',
  },
  'QRN-FILE-007': {
    title: 'Too many files are open',
    cause: 'The process or the system has reached its limit of open files.',
    cure: 'Raise the limit (ulimit -n), or run fewer flows at once with --jobs.',
  },
  'QRN-FILE-008': {
    title: 'A file cannot be read or written',
    cause: 'The operating system reports an error of its own.',
    cure: 'See the cause; check the device.',
  },
  'QRN-FILE-009': {
    title: 'A compressed file is damaged',
    cause:
      'The file is cut off, its checksum does not fit, or something else than compressed data stands in it.',
    cure: 'Fetch the file again; ready_file and min_age keep half-written files out.',
  },
  'QRN-FILE-010': {
    title: 'A file pattern is not understood',
    cause: 'A placeholder is not closed, has no name, occurs twice, or its format is no format.',
    cure: 'Use *, ?, **, {name} and {batch_time:yyyyMMdd}.',
  },
  'QRN-FILE-011': {
    title: 'The time in a file name is no time',
    cause:
      'The part of the name that the pattern captures has the form but not the value of a time.',
    cure: 'Rename the file, or change file_pattern so that it leaves the file out.',
  },
  'QRN-FILE-013': {
    title: 'Another process holds the lock',
    cause: 'One process at a time may write.',
    cure: 'Wait for it with --wait 10m, or stop the other process.',
  },
  'QRN-FILE-014': {
    title: 'Interrupted',
    cause: 'The run was cancelled while it worked with a file or waited for a lock.',
    cure: 'Run again.',
  },
} as const

export type FileErrorCode = keyof typeof FILE_ERRORS

/** An error of this package; its hint is the table's cure unless `options` has one. */
export function fileError(
  code: FileErrorCode,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: FILE_ERRORS[code].cure, ...options })
}
