/** Saves one run over and over, larger and smaller, until it is killed. */
import type { RunRecord } from '@qarion/core'

import { createLocalRepository } from '../src/local-repository.ts'

const [directory = ''] = process.argv.slice(2)
const logger = { debug: () => {}, info: () => {}, warn: () => {} }
const { runs, schemaHistory } = createLocalRepository({ directory, logger })
for (let round = 0; ; round += 1) {
  const letter = String.fromCharCode(97 + (round % 26))
  const run: RunRecord = {
    id: 'shared',
    environment: 'default',
    startedAtMs: 1,
    status: 'running',
    command: letter.repeat(1 + (round % 7) * 40_000),
    acceptedGuards: [],
    flows: [],
  }
  await runs.save(run)
  await schemaHistory.append('d', { batch: round, recordedAtMs: round, columns: run.command })
  // After the promise is fulfilled the entry is promised to be there.
  process.stdout.write(`${round}\n`)
}
