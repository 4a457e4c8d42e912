import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

import { runNode } from './run-bin.ts'

it('the README says what the command table says', async () => {
  const script = fileURLToPath(new URL('../scripts/write-readme.ts', import.meta.url))
  expect(await runNode([script, '--check'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
})
