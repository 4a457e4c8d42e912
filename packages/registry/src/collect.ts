import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'

import type { QarionError } from '@qarion/core'

import {
  missingCandidate,
  packageCandidate,
  RANK,
  type Candidate,
  type PackageSource,
} from './candidate.ts'
import type { ContractRanges } from './contract-ranges.ts'
import { findPackage } from './find-package.ts'
import { firstPartyProvides } from './first-party.ts'
import { readManifest } from './manifest.ts'
import { messageOf, pluginError } from './plugin-errors.ts'
import type { PluginOrigin, Rejection } from './plugin-record.ts'
import type { ProjectPackage } from './project-packages.ts'

/** What reading manifests gave. */
export interface Collection {
  readonly candidates: Candidate[]
  readonly rejections: Rejection[]
  /** Listed dependencies that are not installed. */
  readonly missing: { readonly name: string; readonly listedIn: string }[]
}

export function emptyCollection(): Collection {
  return { candidates: [], rejections: [], missing: [] }
}

/** Reads the manifests of the dependencies that the project's package.json files list. */
export function collectDependencies(
  into: Collection,
  packages: readonly ProjectPackage[],
  ranges: ContractRanges,
): void {
  for (const project of packages) {
    const origin: PluginOrigin = {
      from: 'dependency',
      manifest: project.path,
      scope: project.scope,
    }
    const rank = RANK[project.scope]
    if (project.problem !== undefined) {
      reject(into, 'package.json', project.path, origin, unreadable(project.path, project.problem))
    }
    for (const name of project.dependencies) {
      const finding = findPackage(name, project.directory)
      if (finding.kind === 'found') {
        if (!('qarion' in finding.json)) continue
        collectPackage(into, { name, path: finding.path, json: finding.json, origin, rank }, ranges)
      } else if (finding.kind === 'unreadable') {
        reject(into, name, finding.path, origin, unreadable(finding.path, finding.cause))
      } else {
        into.missing.push({ name, listedIn: project.path })
        for (const provides of firstPartyProvides(name)) {
          into.candidates.push(missingCandidate(name, provides, origin, rank))
        }
      }
    }
  }
}

/** Reads one package's manifest and, one level deep, those of the packages that it includes. */
export function collectPackage(
  into: Collection,
  source: PackageSource,
  ranges: ContractRanges,
  onlyId?: string,
): void {
  const { name, path, origin } = source
  const reading = readManifest(source.json['qarion'])
  if (reading.kind === 'invalid') {
    reject(into, name, path, origin, invalid(name, path, reading.problem))
    return
  }
  if (reading.kind === 'too_new') {
    const message = `The manifest of ${name} has version ${reading.version}, which this Qarion does not know.`
    reject(
      into,
      name,
      path,
      origin,
      pluginError('host_too_old', message, { place: { file: path } }),
    )
    return
  }
  for (const problem of reading.manifest.problems) {
    reject(into, name, path, origin, invalid(name, path, problem))
  }
  for (const provided of reading.manifest.provides) {
    if (onlyId !== undefined && provided.id !== onlyId) continue
    into.candidates.push(packageCandidate(source, provided, ranges))
  }
  const isIncluded = origin.from === 'dependency' && origin.preset !== undefined
  if (!isIncluded) collectIncludes(into, source, reading.manifest.includes, ranges, onlyId)
}

function collectIncludes(
  into: Collection,
  preset: PackageSource,
  includes: readonly string[],
  ranges: ContractRanges,
  onlyId: string | undefined,
): void {
  if (includes.length === 0) return
  // pnpm puts what a preset depends on beside its real folder, not beside the link to it.
  const directory = dirname(realpathSync(preset.path))
  const origin: PluginOrigin =
    preset.origin.from === 'dependency' ? { ...preset.origin, preset: preset.name } : preset.origin
  for (const name of includes) {
    const finding = findPackage(name, directory)
    if (finding.kind === 'found' && 'qarion' in finding.json) {
      const { path, json } = finding
      const source = { name, path, json, origin, rank: preset.rank }
      // One level: what an included package includes itself is left alone.
      if (isPreset(json)) continue
      collectPackage(into, source, ranges, onlyId)
    } else {
      const why = finding.kind === 'found' ? 'carries no manifest' : 'cannot be found from there'
      const message = `The preset ${preset.name} includes ${name}, which ${why}.`
      const options = { place: { file: preset.path }, origin: { plugin: preset.name } }
      reject(into, name, preset.path, origin, pluginError('preset_broken', message, options))
    }
  }
}

function isPreset(json: PackageSource['json']): boolean {
  const reading = readManifest(json['qarion'])
  return reading.kind === 'manifest' && reading.manifest.provides.length === 0
}

export function reject(
  into: Collection,
  subject: string,
  path: string,
  origin: PluginOrigin,
  error: QarionError,
): void {
  into.rejections.push({ subject, path, origin, error })
}

export function unreadable(path: string, cause: unknown): QarionError {
  return pluginError('manifest_unreadable', `${path} cannot be read: ${messageOf(cause)}`, {
    cause,
    place: { file: path },
  })
}

function invalid(name: string, path: string, problem: string): QarionError {
  return pluginError('manifest_invalid', `The manifest of ${name} is malformed: ${problem}.`, {
    place: { file: path },
    origin: { plugin: name },
  })
}
