/** A row as it is delivered. */
export interface Contact {
  readonly id: number
  readonly email: string | null
  readonly score: number | null
  readonly status: string
}

export interface ParkingOptions {
  /** No two rows may have one email, so that rows depend on each other. */
  readonly isUnique: boolean
  readonly isPartial: boolean
}

export const PARKING_COLUMNS = ['id', 'email', 'score', 'status']

export function parkingFlow({ isUnique, isPartial }: ParkingOptions): string {
  return `
flow_type = "error_parking"

[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "email", schema_type = "string" },
  { name = "score", schema_type = "decimal", precision = 6, scale = 1 },
  { name = "status", schema_type = "string", required = true },
]

[properties]
on_empty = "accept"
extract = "${isPartial ? 'partial' : 'full'}"
deleted_when = "status = 'gone'"
quality_checks = [
  { check_id = "score_there", check_type = "completeness", columns = ["score"], severity = "error", config = { threshold = 1.0 } },
  { check_id = "score_range", check_type = "range", columns = ["score"], config = { max = 10 } },
  ${isUnique ? '{ check_id = "email_once", check_type = "uniqueness", columns = ["email"] },' : ''}
  { check_id = "email_form", check_type = "pattern", columns = ["email"], severity = "warning", config = { pattern = '^\\w+@\\w+$' } },
]
`
}

const cellOf = (value: string | number | null): string => (value === null ? '' : String(value))

export function csvOf(contacts: readonly Contact[]): string {
  const lines = contacts.map(
    ({ id, email, score, status }) =>
      `${id},${cellOf(email)},${score === null ? '' : score.toFixed(1)},${status}\n`,
  )
  return `id,email,score,status\n${lines.join('')}`
}

/** The snapshot after deliveries, by the rules of a full or partial extract. */
export function snapshotOf(
  deliveries: readonly (readonly Contact[])[],
  { isPartial }: ParkingOptions,
): readonly Contact[] {
  let snapshot = new Map<number, Contact>()
  for (const delivery of deliveries) {
    if (!isPartial) snapshot = new Map()
    for (const contact of delivery) {
      if (contact.status === 'gone') snapshot.delete(contact.id)
      else snapshot.set(contact.id, contact)
    }
  }
  return [...snapshot.values()].toSorted((left, right) => left.id - right.id)
}

export interface Parted {
  readonly target: readonly string[]
  readonly parked: readonly string[]
}

/** Where the rows of a snapshot stand: lines of `PARKING_COLUMNS` and the checks that they fail. */
export function expectedParts(snapshot: readonly Contact[], { isUnique }: ParkingOptions): Parted {
  const target: string[] = []
  const parked: string[] = []
  for (const { id, email, score, status } of snapshot) {
    const isRepeated =
      isUnique && email !== null && snapshot.filter((other) => other.email === email).length > 1
    const errors = [
      ...(score === null ? ['score_there'] : []),
      ...(score !== null && score > 10 ? ['score_range'] : []),
      ...(isRepeated ? ['email_once'] : []),
    ]
    const failed = [...errors, ...(email === null || /^\w+@\w+$/.test(email) ? [] : ['email_form'])]
    const line = [
      id,
      email ?? '∅',
      score === null ? '∅' : score.toFixed(1),
      status,
      failed.length === 0 ? '∅' : JSON.stringify(failed),
    ].join('|')
    if (errors.length > 0) parked.push(line)
    else target.push(line)
  }
  return { target, parked }
}
