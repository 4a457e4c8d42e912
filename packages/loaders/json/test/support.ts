import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DataTypes, type DataType, type InputColumn, type InputFile } from '@qarion/core'
import { createJsonLoader } from '@qarion/loader-json'
import { inputColumn, readScan, withTemporaryDirectory, type ReadResult } from '@qarion/testkit'

export function column(
  name: string,
  type: DataType = DataTypes.string,
  more: Partial<InputColumn> = {},
): InputColumn {
  return inputColumn(name, type, more)
}

/** Writes `content` as the file `a.json`, or another, of a project, scans it and reads all of it. */
export function load(
  content: string | Uint8Array,
  columns: readonly InputColumn[],
  options: Readonly<Record<string, unknown>> = {},
  { pieceBytes = 1 << 18, name = 'a.json' } = {},
): Promise<ReadResult> {
  return withTemporaryDirectory(async (projectDirectory) => {
    await writeFile(join(projectDirectory, name), content)
    const loader = createJsonLoader(
      { projectDirectory },
      { sourcePath: name, ...options },
      { pieceBytes },
    )
    const [file] = (await loader.discover()) as [InputFile]
    return readScan(loader, await loader.scan(file, columns, new AbortController().signal))
  })
}

/** For each reject its line and, per problem, column, text and reason. */
export function problemsOf({ rejects }: ReadResult): unknown[] {
  return rejects.map(({ line, problems }) => [
    line,
    ...problems.map(({ column: name, text, reason }) => [name, text, reason]),
  ])
}
