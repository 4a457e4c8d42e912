/** An event as it is delivered; `at` in minutes after a day began. */
export interface Event {
  readonly id: number
  readonly user: string
  readonly at: number
  readonly page: string | null
}

export interface SessionOptions {
  readonly isKeyed: boolean
  readonly isSplit: boolean
}

export const GAP_MINUTES = 30

export function sessionFlow({ isKeyed, isSplit }: SessionOptions): string {
  return `
flow_type = "sessionization"

[input]
${isKeyed ? 'primary_key = ["id"]' : ''}
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "user", schema_type = "string", required = true },
  { name = "at", schema_type = "timestamp", required = true },
  { name = "page", schema_type = "string" },
]

[properties]
entity_columns = ["user"]
event_time_column = "at"
session_gap = "${GAP_MINUTES}m"
first_columns = ["page"]
last_columns = ["id"]
${isSplit ? 'split_columns = ["page"]' : ''}
`
}

const DAY = Date.UTC(2024, 2, 1)
const timeOf = (minutes: number): string =>
  new Date(DAY + minutes * 60_000).toISOString().replace('.000Z', 'Z')

export function csvOf(events: readonly Event[]): string {
  const lines = events.map(
    ({ id, user, at, page }) => `${id},"${user}",${timeOf(at)},${page ?? ''}\n`,
  )
  return `id,user,at,page\n${lines.join('')}`
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Sessions of events by the rules, as lines of the columns `SESSION_COLUMNS`. */
export function expectedSessions(
  events: readonly Event[],
  { isSplit }: SessionOptions,
): readonly string[] {
  const newest = Math.max(...events.map(({ at }) => at))
  const ordered = events.toSorted(
    (left, right) => byText(left.user, right.user) || left.at - right.at || left.id - right.id,
  )
  const sessions: Event[][] = []
  let before: Event | undefined
  for (const event of ordered) {
    const continues =
      before !== undefined &&
      before.user === event.user &&
      event.at - before.at <= GAP_MINUTES &&
      !(isSplit && before.page !== event.page)
    if (continues) (sessions.at(-1) as Event[]).push(event)
    else sessions.push([event])
    before = event
  }
  return sessions.map((session) => {
    const [first, last] = [session[0] as Event, session.at(-1) as Event]
    return [
      first.user,
      timeOf(first.at),
      timeOf(last.at),
      session.length,
      BigInt(last.at - first.at) * 60_000_000n,
      newest - last.at <= GAP_MINUTES,
      first.page ?? '∅',
      last.id,
    ].join('|')
  })
}

export const SESSION_COLUMNS = [
  'user',
  'xt_session_start',
  'xt_session_end',
  'xt_event_count',
  'xt_duration_microseconds',
  'xt_is_open',
  'xt_first_page',
  'xt_last_id',
]
