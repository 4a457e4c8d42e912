import { DataTypes, formatValue, type Column, type OutboxEvent, type Row } from '@qarion/core'

/** An event that is not published, as it is stored. */
export interface WaitingEvent {
  readonly event: OutboxEvent
  readonly state: 'pending' | 'dead'
  readonly attempts: number
  /** Milliseconds since 1970; 0 where it may be sent at once. */
  readonly nextAttemptAtMs: number
  readonly batch: bigint
  readonly revision: bigint
}

/** The columns that `toWaitingEvent` takes, in order. */
export const WAITING_COLUMNS: readonly Pick<Column, 'name' | 'type'>[] = [
  { name: 'id', type: DataTypes.string },
  { name: 'source', type: DataTypes.string },
  { name: 'type', type: DataTypes.string },
  { name: 'subject', type: DataTypes.string },
  { name: 'time', type: DataTypes.timestamp },
  { name: 'event_key', type: DataTypes.string },
  { name: 'sequence', type: DataTypes.integer },
  { name: 'data', type: DataTypes.string },
  { name: 'state', type: DataTypes.string },
  { name: 'attempts', type: DataTypes.integer },
  { name: 'next_attempt_at', type: DataTypes.timestamp },
  { name: 'xt_batch_id', type: DataTypes.integer },
  { name: 'xt_revision', type: DataTypes.integer },
]

/** A row of `WAITING_COLUMNS`. */
export function toWaitingEvent(row: Row): WaitingEvent {
  const text = (index: number): string => row[index] as string
  const integer = (index: number): bigint => row[index] as bigint
  return {
    event: {
      id: text(0),
      source: text(1),
      type: text(2),
      subject: text(3),
      time: formatValue(DataTypes.timestamp, integer(4)),
      key: text(5),
      sequence: integer(6),
      data: text(7),
    },
    state: text(8) === 'dead' ? 'dead' : 'pending',
    attempts: Number(integer(9)),
    nextAttemptAtMs: row[10] === null ? 0 : Number((integer(10) + 999n) / 1000n),
    batch: integer(11),
    revision: integer(12),
  }
}
