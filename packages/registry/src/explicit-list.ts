import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { objectCandidate, notInstalled, RANK } from './candidate.ts'
import { collectPackage, reject, unreadable, type Collection } from './collect.ts'
import type { ContractRanges } from './contract-ranges.ts'
import { isUnbuilt } from './exports-target.ts'
import { findPackage, readPackage, type PackageFinding } from './find-package.ts'
import { splitFullId } from './full-id.ts'
import { importDefault, pluginProblem } from './import-plugin.ts'
import { messageOf, pluginError } from './plugin-errors.ts'
import type { AnyPlugin } from './plugin-of-kind.ts'
import type { PluginOrigin } from './plugin-record.ts'

/**
 * Reads the entries of `plugins`: names of packages that Node resolves from the project's folder, `<package>#<id>`,
 * folders with a manifest, and local files. Only the files are imported, since nothing else says what they are.
 */
export async function collectExplicit(
  into: Collection,
  entries: readonly string[],
  base: string,
  ranges: ContractRanges,
): Promise<void> {
  for (const entry of entries) {
    const { packageName, id } = splitFullId(entry)
    const path = localPath(packageName, base)
    if (path === undefined) {
      collectNamed(
        into,
        { entry, name: packageName, id, finding: findPackage(packageName, base) },
        ranges,
      )
    } else if (isDirectory(path)) {
      const finding = readPackage(join(path, 'package.json'))
      const name = finding.kind === 'found' ? finding.json['name'] : undefined
      const named = typeof name === 'string' ? name : packageName
      collectNamed(into, { entry, name: named, id, finding }, ranges)
    } else {
      await collectFile(into, entry, path, id, ranges)
    }
  }
}

interface NamedEntry {
  readonly entry: string
  readonly name: string
  readonly id: string | undefined
  readonly finding: PackageFinding
}

function collectNamed(into: Collection, named: NamedEntry, ranges: ContractRanges): void {
  const { entry, name, id, finding } = named
  const origin: PluginOrigin = { from: 'explicit', entry }
  const rank = id === undefined ? RANK.explicitPackage : RANK.explicitId
  if (finding.kind === 'missing') {
    reject(into, entry, name, origin, notInstalled(name, 'plugins'))
  } else if (finding.kind === 'unreadable') {
    reject(into, entry, finding.path, origin, unreadable(finding.path, finding.cause))
  } else if (!('qarion' in finding.json)) {
    const message = `plugins names ${name}, whose package.json carries no "qarion" manifest.`
    reject(into, entry, finding.path, origin, pluginError('entry_unusable', message))
  } else {
    const before = into.candidates.length + into.rejections.length
    const { path, json } = finding
    collectPackage(into, { name, path, json, origin, rank }, ranges, id)
    if (into.candidates.length + into.rejections.length === before) {
      const message = `plugins names ${entry}, but ${name} provides no "${id ?? ''}".`
      reject(into, entry, path, origin, pluginError('entry_unusable', message))
    }
  }
}

async function collectFile(
  into: Collection,
  entry: string,
  path: string,
  id: string | undefined,
  ranges: ContractRanges,
): Promise<void> {
  const origin: PluginOrigin = { from: 'explicit', entry }
  if (!existsSync(path)) {
    const message = `plugins names ${entry}, but ${path} is not there.`
    reject(into, entry, path, origin, pluginError('entry_unusable', message))
    return
  }
  const real = realpathSync(path)
  if (isUnbuilt(real)) {
    const message = `plugins names ${entry}, which is TypeScript inside node_modules: Node does not run it.`
    reject(into, entry, real, origin, pluginError('not_built', message))
    return
  }
  let exported: unknown
  try {
    exported = await importDefault(real)
  } catch (cause) {
    const message = `plugins names ${entry}, which could not be loaded: ${messageOf(cause)}`
    reject(into, entry, real, origin, pluginError('load_failed', message, { cause }))
    return
  }
  const values: readonly unknown[] = Array.isArray(exported) ? exported : [exported]
  const name = splitFullId(entry).packageName
  const rank = id === undefined ? RANK.explicitPackage : RANK.explicitId
  for (const value of values) {
    const problem = pluginProblem(value)
    if (problem !== undefined) {
      const message = `plugins names ${entry}, whose default export ${problem}.`
      reject(into, entry, real, origin, pluginError('no_plugin', message))
      continue
    }
    const plugin = value as AnyPlugin
    if (id !== undefined && plugin.id !== id) continue
    const source = { name, directory: dirname(real), origin, rank }
    into.candidates.push(objectCandidate(plugin, source, ranges))
  }
}

function localPath(text: string, base: string): string | undefined {
  if (text.startsWith('file:')) return fileURLToPath(text)
  const isLocal = isAbsolute(text) || /^\.\.?(?:[/\\]|$)/.test(text)
  return isLocal ? resolve(base, text) : undefined
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
