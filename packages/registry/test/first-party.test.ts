import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { FIRST_PARTY_PLUGINS } from '../src/first-party.ts'

interface PluginManifest {
  readonly name: string
  readonly qarion?: { readonly provides: readonly { readonly kind: string; readonly id: string }[] }
}

it('names each plugin of this repository, so that it can be said what to install', () => {
  const root = join(import.meta.dirname, '../../..')
  const provided = globSync('packages/{*,*/*}/package.json', { cwd: root }).flatMap((path) => {
    const { name, qarion } = JSON.parse(readFileSync(join(root, path), 'utf8')) as PluginManifest
    return (qarion?.provides ?? []).map(({ kind, id }) => `${kind} ${id}: ${name}`)
  })
  const known = Object.entries(FIRST_PARTY_PLUGINS).flatMap(([kind, ids]) =>
    Object.entries(ids).map(([id, name]) => `${kind} ${id}: ${name}`),
  )
  expect(known.toSorted()).toEqual(provided.toSorted())
})
