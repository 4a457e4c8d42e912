import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives `body` a folder of its own and removes it afterwards. The path is real: links are resolved. */
export async function withTemporaryDirectory<Result>(
  body: (path: string) => Promise<Result>,
): Promise<Result> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'qarion-testkit-')))
  try {
    return await body(path)
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}
