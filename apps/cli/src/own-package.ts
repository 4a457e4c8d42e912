import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface OwnManifest {
  readonly version: string
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** This package's manifest, of the sources as of the published package. */
export function ownManifest(): OwnManifest {
  return JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as OwnManifest
}

/** The folder of this package. Modules of what is published lie all in one folder of it. */
export function ownFolder(): string {
  return fileURLToPath(new URL('..', import.meta.url))
}

export function ownVersion(): string {
  return ownManifest().version
}
