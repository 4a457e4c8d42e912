import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import type { FlowSelection, GivenVariables, RunRequest } from '@qarion/sdk'

import type { CommandLine, ParsedOptions } from '../command-line/command-spec.ts'

/** The request that the options of `run` ask for. */
export function runRequestOf(line: CommandLine, signal: AbortSignal): RunRequest {
  const { options } = line
  return {
    ...selectionOf(line),
    ...variablesOf(line),
    command: `qarion ${line.typed}`,
    signal,
    ...(options.batch === undefined ? {} : { batches: options.batch }),
    ...(options.file === undefined ? {} : { file: deliveryPath(options.file) }),
    ...(options['batch-time'] === undefined ? {} : { batchTime: options['batch-time'] }),
    ...(options['full-refresh'] ? { fullRefresh: true } : {}),
    ...(options.cascade ? { cascade: true } : {}),
    ...onceOnly(options),
  }
}

/** The flows that are asked for: words without an option and those of --select are one list. */
export function selectionOf({ arguments: named, options }: CommandLine): FlowSelection {
  return {
    flows: [...named, ...(options.select ?? [])],
    ...(options.exclude === undefined ? {} : { exclude: options.exclude }),
  }
}

/** Values that the line gives to variables. */
export function variablesOf({ options }: CommandLine): GivenVariables {
  if (options.var === undefined) return {}
  return { variables: Object.fromEntries(options.var.map(({ name, value }) => [name, value])) }
}

/** What holds for this run alone and is not taken over by `retry`. */
export function onceOnly(options: ParsedOptions): Pick<RunRequest, 'accept' | 'waitMs' | 'jobs'> {
  const accept = (options.accept ?? []).map((guard, index) => ({
    guard,
    reason: options.reason?.[index] ?? '',
  }))
  return {
    ...(accept.length === 0 ? {} : { accept }),
    ...(options.wait === undefined ? {} : { waitMs: options.wait }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
  }
}

// A path that a shell completed is seen from where one stands, not from the project.
function deliveryPath(file: string): string {
  return existsSync(file) ? resolve(file) : file
}
