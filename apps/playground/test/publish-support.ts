import type { ServerResponse } from 'node:http'

import { receivedEvent, type HttpReceiver, type ReceivedRequest } from '@qarion/testkit'

import type { Scenario } from '../src/index.ts'

/** State, attempts, key and sequence of each event. */
export function states(scenario: Scenario, flow = 't'): Promise<string[]> {
  return scenario.rows(`${flow}.outbox`, ['event_key', 'sequence', 'state', 'attempts'])
}

/** Key and sequence of what came, in the order in which it did. */
export function sent({ requests }: Pick<HttpReceiver, 'requests'>): string[] {
  return requests.map((request) => {
    const { key, sequence } = receivedEvent(request)
    return `${key}|${sequence}`
  })
}

/** Answers with a status by key; 204 where none is given. */
export function answerByKey(
  statuses: Readonly<Record<string, number>>,
): (request: ReceivedRequest, response: ServerResponse) => void {
  return (request, response) => {
    response.writeHead(statuses[receivedEvent(request).key] ?? 204).end()
  }
}

/** What is against the law of delivery: each key in order, each event under one id. */
export function deliveryProblems(requests: readonly ReceivedRequest[]): string[] {
  const problems: string[] = []
  const last = new Map<string, bigint>()
  const ids = new Map<string, string>()
  for (const request of requests) {
    const { key, sequence, id } = receivedEvent(request)
    const before = last.get(key) ?? 0n
    // The same again is what at least once allows; an older or a skipped one is not.
    if (sequence !== before && sequence !== before + 1n && !isRepeat(ids, key, sequence))
      problems.push(`${key}: ${sequence} after ${before}`)
    last.set(key, sequence)
    const name = `${key}|${sequence}`
    if ((ids.get(name) ?? id) !== id)
      problems.push(`${name} has the ids ${ids.get(name)} and ${id}`)
    ids.set(name, id)
  }
  return problems
}

function isRepeat(ids: ReadonlyMap<string, string>, key: string, sequence: bigint): boolean {
  return ids.has(`${key}|${sequence}`)
}
