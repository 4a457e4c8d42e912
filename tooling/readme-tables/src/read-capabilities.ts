import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseDuration, parseSize } from '@qarion/config'
import type { Engine, EngineCapabilities, OptionDescriptor, PluginHost } from '@qarion/core'

import type { AnyPlugin } from './provided-plugins.ts'

/** What an engine says of itself. It is made and never opened, so nothing is read or written. */
export async function readCapabilities(plugin: AnyPlugin): Promise<EngineCapabilities> {
  const options = Object.fromEntries(
    plugin.options.map((option) => [option.name, sampleOf(option)]),
  )
  const engine = (await plugin.create(host, options)) as Engine
  return engine.capabilities
}

function sampleOf(option: OptionDescriptor): unknown {
  const value = option.default
  if (value !== undefined && option.type === 'duration') return parseDuration(String(value))
  if (value !== undefined && option.type === 'size') return parseSize(String(value))
  if (value === undefined && option.isRequired === true)
    return option.type === 'path' ? nowhere : option.name
  return value
}

const nowhere = join(tmpdir(), 'qarion-readme-tables')

const refuse = (): Promise<never> =>
  Promise.reject(new Error('an engine asked for more than its options to be made'))

const host: PluginHost = {
  logger: { debug: () => {}, info: () => {}, warn: () => {} },
  projectDirectory: nowhere,
  signal: new AbortController().signal,
  temporaryDirectory: refuse,
  secret: refuse,
  openEngine: refuse,
}
