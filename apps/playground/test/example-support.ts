import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { formatValue, rowsOf } from '@qarion/core'
import { createQarion, type Qarion } from '@qarion/sdk'

import { ALL_PLUGINS } from '../src/index.ts'

export interface Example {
  readonly directory: string
  readonly qarion: Qarion
  /** What its README shows as text, in order. */
  readonly shown: readonly string[]
  close(): Promise<void>
}

/** A copy of a folder of examples/ that has not run; `more` names folders that only it has. */
export async function openExample(name: string, more: readonly string[] = []): Promise<Example> {
  const source = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
  const directory = await mkdtemp(join(tmpdir(), 'qarion-example-'))
  for (const part of ['qarion.toml', 'flows', 'deliveries', ...more])
    await cp(join(source, part), join(directory, part), { recursive: true })
  const readme = await readFile(join(source, 'README.md'), 'utf8')
  const qarion = createQarion({
    projectDirectory: directory,
    discover: false,
    plugins: ALL_PLUGINS,
  })
  return {
    directory,
    qarion,
    shown: [...readme.matchAll(/```text\n([\s\S]*?)```/g)].map(([, text]) => text as string),
    close: async () => {
      await qarion.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** A dataset as CSV without quotes, in the columns of a header. */
export async function csvOfDataset(
  qarion: Qarion,
  dataset: string,
  header: string,
): Promise<string> {
  const { batches, columns } = await qarion.show({ dataset, columns: header.split(',') })
  const lines = [header]
  for await (const batch of batches)
    for (const row of rowsOf(batch))
      lines.push(
        columns
          .map(({ type }, index) => {
            const value = row[index] ?? null
            return value === null ? '' : formatValue(type, value)
          })
          .join(','),
      )
  return `${lines.join('\n')}\n`
}
