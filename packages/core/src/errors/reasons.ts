/**
 * Why something failed: a closed set, so that callers decide without parsing text. The value says whether the same
 * call may succeed later with nothing changed.
 */
const IS_RETRYABLE = {
  /** a project file is wrong */
  configuration: false,
  /** a command line or an API call is wrong */
  usage: false,
  /** data breaks its declaration: rejects beyond the limit, ragged rows, not UTF-8 */
  data: false,
  /** a guard, contract or check refused */
  guard: false,
  /** another process or runner holds the data */
  locked: true,
  /** a plugin is missing, broken, too old, too new */
  plugin: false,
  /** an input or output file or folder */
  file_system: false,
  /** the machine has no room left: disk, memory */
  resource: false,
  /** a stored database or state file is damaged or not ours */
  corrupt: false,
  connection: true,
  authentication: false,
  authorization: false,
  timeout: true,
  /** a statement or function failed on the data: overflow, division by zero, constraint */
  execution: false,
  /** the engine or format cannot do what was declared */
  unsupported: false,
  interrupted: true,
  /** a fault of Qarion itself */
  internal: false,
} as const

export type ErrorReason = keyof typeof IS_RETRYABLE

export const ERROR_REASONS = Object.freeze(Object.keys(IS_RETRYABLE)) as readonly ErrorReason[]

/** Whether the same call may succeed later with nothing changed. */
export function isRetryableReason(reason: ErrorReason): boolean {
  return IS_RETRYABLE[reason]
}
