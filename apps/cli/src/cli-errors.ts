import { QarionError } from '@qarion/core'

/** What this package says is wrong: title, cause and cure of every code. */
export const CLI_ERRORS = {
  'QRN-CLI-001': {
    title: 'Unknown command',
    cause: 'The first word after `qarion` is the name of no command.',
    cure: 'Type the command that the message names, or see `qarion --help`.',
  },
  'QRN-CLI-002': {
    title: 'Unknown option',
    cause: 'The command has no option of this name.',
    cure: 'Type the option that the message names, or see `qarion help COMMAND`.',
  },
  'QRN-CLI-003': {
    title: 'Wrong arguments',
    cause: 'An argument is missing, is one too many, or is none of the words that may stand there.',
    cure: 'Type the command as the message shows it.',
  },
  'QRN-CLI-004': {
    title: 'Option without its value',
    cause: 'The option takes a value and none follows it.',
    cure: 'Put the value after the option: `--env prod` or `--env=prod`.',
  },
  'QRN-CLI-005': {
    title: 'Wrong value of an option',
    cause: 'The value is not of the form that the option takes.',
    cure: 'Type the value in the form that the message gives.',
  },
  'QRN-CLI-006': {
    title: '--accept without --reason',
    cause: 'A guard is let through only with a reason, which is kept with the run.',
    cure: 'Give one --reason for each --accept.',
  },
  'QRN-CLI-007': {
    title: 'Files in the way',
    cause: '`qarion init` would have to overwrite files.',
    cure: 'Choose another folder, or move the files that the message names.',
  },
  'QRN-CLI-008': {
    title: 'File cannot be read or written',
    cause: 'The operating system refused a file that was named on the command line.',
    cure: 'Check path, rights and free space.',
  },
  'QRN-CLI-009': {
    title: 'Not a plan',
    cause: 'The file given to --plan was not made by `qarion plan --out`, or by another version.',
    cure: 'Make the plan again with `qarion plan --out FILE`.',
  },
  'QRN-CLI-010': {
    title: 'The plan is out of date',
    cause: 'Deliveries, definitions or stored batches changed after the plan was made.',
    cure: 'Make the plan again, read it, and run that one.',
  },
  'QRN-CLI-011': {
    title: 'Unknown run',
    cause: 'The history has no run with this id, or several whose ids begin so.',
    cure: 'See `qarion runs` for the ids.',
  },
  'QRN-CLI-012': {
    title: 'Not confirmed',
    cause: 'The command takes data back and nobody said yes.',
    cure: 'Type it on a terminal and answer, or add --yes.',
  },
} as const

export type CliErrorCode = keyof typeof CLI_ERRORS

/** Something typed that cannot be done: exit code 2. */
export function usageError(
  code: CliErrorCode,
  message: string,
  options: { readonly hint?: string; readonly data?: Readonly<Record<string, unknown>> } = {},
): QarionError {
  return new QarionError(code, 'usage', message, { hint: CLI_ERRORS[code].cure, ...options })
}

/** A file of the command line that could not be read or written. */
export function fileError(verb: 'read' | 'write', file: string, cause: unknown): QarionError {
  const why = (cause as NodeJS.ErrnoException).code ?? String(cause)
  return new QarionError('QRN-CLI-008', 'file_system', `Could not ${verb} ${file}: ${why}.`, {
    hint: CLI_ERRORS['QRN-CLI-008'].cure,
    cause,
    place: { file },
  })
}

/** The plan does not say any more what a run would do: exit code 4, nothing was run. */
export function stalePlanError(file: string, differences: readonly string[]): QarionError {
  return new QarionError(
    'QRN-CLI-010',
    'guard',
    `A run would not do what ${file} says: ${differences.join('; ')}.`,
    {
      hint: `Type \`qarion plan --out ${file}\` to see what it would do now. Nothing was run.`,
      data: { differences },
    },
  )
}
