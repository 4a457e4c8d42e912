import type { PluginKind, QarionError } from '@qarion/core'

/**
 * - `ready`: can be loaded.
 * - `too_old`, `too_new`: its contract is outside the range of this Qarion.
 * - `ambiguous`: several packages claim the id and nothing settles which one is meant.
 * - `broken`: the manifest names an entry that cannot be loaded.
 * - `not_installed`: listed in package.json, but not there.
 */
export type PluginStatus =
  | 'ready'
  | 'too_old'
  | 'too_new'
  | 'ambiguous'
  | 'broken'
  | 'not_installed'

/** How a plugin came to be known. */
export type PluginOrigin =
  /** handed in as an object */
  | { readonly from: 'code' }
  /** an entry of the project's `plugins` list */
  | { readonly from: 'explicit'; readonly entry: string }
  /** a dependency of the package.json `manifest`, directly or as an include of `preset` */
  | {
      readonly from: 'dependency'
      readonly manifest: string
      readonly scope: 'project' | 'workspace'
      readonly preset?: string
    }

/** What is known of a plugin without running any of its code. */
export interface PluginRecord {
  readonly kind: PluginKind
  readonly id: string
  /** Further names under which it is found. */
  readonly aliases: readonly string[]
  readonly title: string
  /** Name of the package; `(code)` for handed-in plugins, the path as written for local files. */
  readonly package: string
  /** Empty where there is none. */
  readonly version: string
  /** Real path of the package's folder; empty for handed-in and missing ones. */
  readonly directory: string
  readonly contract: number
  readonly status: PluginStatus
  /** Why it is not ready; empty if it is. */
  readonly reason: string
  readonly origin: PluginOrigin
}

/** A package, an entry of a manifest or an entry of the `plugins` list that gives no plugin. */
export interface Rejection {
  /** Package name, or the entry of the `plugins` list. */
  readonly subject: string
  /** File that was read, or the place where it should be. */
  readonly path: string
  readonly origin: PluginOrigin
  readonly error: QarionError
}
