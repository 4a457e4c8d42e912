import type { DataType, Loader } from '@qarion/core'

/** What a loader is made for; the suite writes the files. */
export interface LoaderRequest {
  /** Absolute path of the project's folder, links resolved. */
  readonly projectDirectory: string
  /** As in `[properties.load]`, relative to the project. */
  readonly sourcePath: string
  readonly filePattern?: string
  readonly onExtraColumn?: 'fail' | 'ignore'
}

export type MakeLoader = (request: LoaderRequest) => Promise<Loader>

/** A table of text cells to be written in the loader's format; NULL is `null`. */
export interface TextTable {
  readonly columns: readonly string[]
  /** Types of the columns, where a cell of a type such as JSON is not to be written as a text of the format. */
  readonly types?: readonly DataType[]
  readonly rows: Iterable<readonly (string | null)[]>
}

/** The format as the suite writes it. */
export interface LoaderFormat {
  /** Ending of the files, without the dot. */
  readonly extension: string
  /** Whether the loader reads such files compressed as a whole, by gzip and zstd; false if absent. */
  readonly isCompressible?: boolean
  write(path: string, table: TextTable): Promise<void>
  /** Line on which the row at `index` starts in what `write` wrote; rows of the suite have no newlines in them. */
  lineOf(index: number): number
}
