/** An event as it is delivered; `at` in hours after the start of Friday, 1 March 2024, in UTC. */
export interface Activity {
  readonly id: number
  readonly user: string
  readonly at: number
  readonly plan: string
}

export interface GrowthOptions {
  readonly isKeyed: boolean
  readonly isSegmented: boolean
  readonly period: 'day' | 'week' | 'month'
  readonly timezone: string
}

export function growthFlow({ isKeyed, isSegmented, period, timezone }: GrowthOptions): string {
  return `
flow_type = "growth_accounting"

[input]
${isKeyed ? 'primary_key = ["id"]' : ''}
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "user", schema_type = "string", required = true },
  { name = "at", schema_type = "timestamp", required = true },
  { name = "plan", schema_type = "string", required = true },
]

[properties]
entity_columns = ["user"]
event_time_column = "at"
period = "${period}"
timezone = "${timezone}"
${isSegmented ? 'segment_columns = ["plan"]' : ''}
`
}

const START = Date.UTC(2024, 2, 1)
const DAY_MS = 86_400_000

const timeOf = (hours: number): string =>
  new Date(START + hours * 3_600_000).toISOString().replace('.000Z', 'Z')

export function csvOf(events: readonly Activity[]): string {
  const lines = events.map(({ id, user, at, plan }) => `${id},"${user}",${timeOf(at)},${plan}\n`)
  return `id,user,at,plan\n${lines.join('')}`
}

/** The period's start as a day number; days, weeks and months by the runtime's own calendar and zones. */
function periodOf({ period, timezone }: GrowthOptions, hours: number): number {
  const text = new Date(START + hours * 3_600_000).toLocaleDateString('sv-SE', {
    timeZone: timezone,
  })
  const date = new Date(`${text}T00:00:00Z`)
  if (period === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  if (period === 'month') date.setUTCDate(1)
  return date.getTime() / DAY_MS
}

function nextOf({ period }: GrowthOptions, start: number): number {
  if (period !== 'month') return start + (period === 'day' ? 1 : 7)
  const date = new Date(start * DAY_MS)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS
}

/** A quotient with six digits, half away from zero, as text. */
function ratio(a: number, b: number): string {
  if (b === 0) return '∅'
  const scaled = (2_000_000n * BigInt(a) + BigInt(b)) / (2n * BigInt(b))
  return `${scaled / 1_000_000n}.${String(scaled % 1_000_000n).padStart(6, '0')}`
}

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** `summary` of the events by the definitions, as lines. */
export function expectedSummary(events: readonly Activity[], options: GrowthOptions): string[] {
  const active = new Map<string, Map<string, Set<number>>>()
  for (const { user, at, plan } of events) {
    const segment = options.isSegmented ? plan : ''
    const users = active.get(segment) ?? new Map<string, Set<number>>()
    active.set(segment, users.set(user, (users.get(user) ?? new Set()).add(periodOf(options, at))))
  }
  const newest = Math.max(...events.map(({ at }) => periodOf(options, at)))
  const lines: { readonly start: number; readonly segment: string; readonly text: string }[] = []
  for (const [segment, users] of active) {
    const all = [...users.values()]
    const first = Math.min(...all.flatMap((periods) => [...periods]))
    let previous: number | undefined
    for (let start = first; start <= newest; start = nextOf(options, start)) {
      const was = (periods: Set<number>): boolean => previous !== undefined && periods.has(previous)
      const now = all.filter((periods) => periods.has(start))
      const fresh = now.filter((periods) => Math.min(...periods) === start).length
      const retained = now.filter(was).length
      const resurrected = now.length - fresh - retained
      const before = all.filter(was).length
      const churned = before - retained
      const cells = [
        ...(options.isSegmented ? [segment] : []),
        start < newest,
        now.length,
        before,
        fresh,
        retained,
        resurrected,
        churned,
        ratio(fresh + resurrected, churned),
        ratio(retained, before),
      ]
      lines.push({ start, segment, text: [dayText(start), ...cells].join('|') })
      previous = start
    }
  }
  return lines
    .toSorted((left, right) => left.start - right.start || byText(left.segment, right.segment))
    .map(({ text }) => text)
}
