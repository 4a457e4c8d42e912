import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { packageParents, placeOf, type Place } from './layout.ts'

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

export interface Problem {
  readonly path: string
  readonly message: string
}

export interface Package {
  readonly place: Place
  /** Undefined: the folder is laid out as a package and has no manifest yet. */
  readonly manifest: JsonObject | undefined
  /** Paths from the package's folder, with `/`. */
  readonly sources: readonly string[]
  readonly tests: readonly string[]
}

export interface Tree {
  readonly root: string
  readonly packages: readonly Package[]
  readonly strays: readonly string[]
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function readText(root: string, path: string): string | undefined {
  const file = join(root, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export function readJson(root: string, path: string): JsonObject | undefined {
  const text = readText(root, path)
  if (text === undefined) return undefined
  const value = JSON.parse(text) as Json
  if (!isObject(value)) throw new Error(`${path} is not an object`)
  return value
}

export function toText(value: JsonObject): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function foldersIn(root: string, dir: string): string[] {
  if (!existsSync(join(root, dir))) return []
  return readdirSync(join(root, dir), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map((entry) => `${dir}/${entry.name}`)
    .toSorted()
}

function scriptsUnder(root: string, dir: string, below: string): string[] {
  const start = join(root, dir, below)
  if (!existsSync(start)) return []
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .map((path) => `${below}/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.[cm]?tsx?$/.test(path) && !path.includes('/node_modules/'))
    .toSorted()
}

export function readTree(root: string): Tree {
  const packages: Package[] = []
  const strays: string[] = []
  for (const dir of packageParents.flatMap((parent) => foldersIn(root, parent))) {
    const manifest = readJson(root, `${dir}/package.json`)
    const hasSource = existsSync(join(root, dir, 'src'))
    if (manifest === undefined && !hasSource) continue
    const place = placeOf(dir)
    if (place === undefined) {
      strays.push(dir)
      continue
    }
    packages.push({
      place,
      manifest,
      sources: scriptsUnder(root, dir, 'src'),
      tests: scriptsUnder(root, dir, 'test'),
    })
  }
  return { root, packages, strays }
}

const ignoredFolders = new Set(['node_modules', 'dist', 'lib', 'coverage', '.git', '.turbo'])

function walk(root: string, dir: string): string[] {
  return readdirSync(join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    const path = dir === '' ? entry.name : `${dir}/${entry.name}`
    if (!entry.isDirectory()) return [path]
    return ignoredFolders.has(entry.name) ? [] : walk(root, path)
  })
}

/** What git would commit; without git (an unpacked archive), what lies there. */
export function listFiles(root: string): string[] {
  if (!existsSync(join(root, '.git'))) return walk(root, '')
  const out = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const paths = out.split('\0').filter((path) => path !== '')
  return paths.filter((path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile())
}
