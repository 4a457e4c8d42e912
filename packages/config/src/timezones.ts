import type { ProblemList } from './problem-list.ts'
import type { Spot } from './toml-node.ts'

/** Reports a time zone that Node's ICU does not know. */
export function checkTimezone(zone: string, at: Spot, problems: ProblemList): void {
  // The zone of most projects, without waking the zone data.
  if (zone === 'UTC') return
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    problems.add({
      code: 'QRN-CONFIG-026',
      message: `there is no time zone \`${zone.slice(0, 60)}\``,
      at,
    })
  }
}
