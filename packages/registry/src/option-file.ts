import { readFileSync } from 'node:fs'

import type { OptionDescriptor } from '@qarion/core'

import { describe, stamp, type Candidate } from './candidate.ts'
import { isJsonObject } from './manifest.ts'
import { messageOf, pluginError } from './plugin-errors.ts'

/** The option descriptors of a plugin that publishes them as JSON, without running its code. */
export function readOptionFile(candidate: Candidate, path: string): readonly OptionDescriptor[] {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    const message = `The options of ${describe(candidate.record)} cannot be read from ${path}: ${messageOf(cause)}`
    throw pluginError('manifest_unreadable', message, { ...stamp(candidate.record), cause })
  }
  if (Array.isArray(value) && value.every(isDescriptor)) return value
  const message = `${path} is not a list of options, each with name, type and description.`
  throw pluginError('manifest_invalid', message, stamp(candidate.record))
}

function isDescriptor(value: unknown): value is OptionDescriptor {
  return (
    isJsonObject(value) &&
    ['name', 'type', 'description'].every((key) => typeof value[key] === 'string')
  )
}
