import type { Plugin } from './plugin.ts'

export type StoragePlugin = Plugin<'storage', Storage>

/** A place for files: the local disk, an object store. Paths are relative to its root, with `/`. */
export interface Storage {
  list(prefix: string): AsyncIterable<StoredFile>
  read(
    path: string,
    range?: { readonly startByte: number; readonly endByte: number },
  ): AsyncIterable<Uint8Array>
  /** The file appears whole or not at all. */
  write(path: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile>
  delete(path: string): Promise<void>
}

export interface StoredFile {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAtMs: number
}
