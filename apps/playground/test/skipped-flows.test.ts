import type { RunEvent } from '@qarion/core'
import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type Scenario } from '../src/index.ts'
import { DEFAULT_FLOW } from '../src/scenario.ts'
import { exportedFiles, exportFlow } from './export-support.ts'

const OTHER = `id = "other"\nflow_type = "change_feed"\nnamespace = "raw"\n${DEFAULT_FLOW}
[properties.load]
source_path = "data"
file_pattern = "o*.csv"
format = "csv"
`

let scenario: Scenario
afterEach(() => scenario.close())

describe.each(ENGINE_IDS)('flows that read a flow that fails, on %s', (engine) => {
  it('are skipped with the reason, others run; once it gets through they run', async () => {
    const events: RunEvent[] = []
    scenario = await createScenario({
      engine,
      otherFlows: {
        x: exportFlow('file_path = "exports/t.csv"\nformat = "csv"'),
        // Reads what the skipped flow writes: it spreads.
        y: exportFlow('file_path = "exports/x.csv"\nformat = "csv"', 'x.files', 'y'),
        other: OTHER,
        z: exportFlow('file_path = "exports/o.csv"\nformat = "csv"', 'other.change_feed', 'z'),
      },
      onEvent: (event) => events.push(event),
    })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.runOk()
    await scenario.deliver('d2.csv', 'id,v\na,1\na,2\n')
    await scenario.deliver('o1.csv', 'id,v\nb,1\n')
    events.length = 0

    const result = await scenario.run()
    expect(result.status).toBe('partial')
    const statuses = result.run.flows.map(({ flow, status }) => `${flow} ${status}`)
    expect(statuses.toSorted()).toEqual([
      'other succeeded',
      't refused',
      'x skipped',
      'y skipped',
      'z succeeded',
    ])
    const reasonOf = (flow: string) => result.run.flows.find((each) => each.flow === flow)?.error
    expect(reasonOf('x')).toMatchObject({ code: 'QRN-RUN-016', data: { source: 't' } })
    expect(reasonOf('y')).toMatchObject({ code: 'QRN-RUN-016', data: { source: 'x' } })
    const skipped = events.filter(
      (event) => event.type === 'flow_finished' && event.status === 'skipped',
    )
    expect(skipped).toMatchObject([
      { flow: 'x', error: { code: 'QRN-RUN-016' } },
      { flow: 'y', error: { code: 'QRN-RUN-016' } },
    ])
    expect(await exportedFiles(scenario)).toContain('o.csv')

    // By itself a flow goes by what is committed of those that it reads.
    expect((await scenario.run({ flows: ['x'] })).status).not.toBe('partial')
    await scenario.deliver('d2.csv', 'id,v\na,2\n')
    const after = await scenario.runOk()
    expect(after.run.flows.map(({ status }) => status)).not.toContain('skipped')
  })
})
