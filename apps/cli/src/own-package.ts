import { readFileSync } from 'node:fs'

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

export function ownVersion(): string {
  return ownManifest().version
}
