import type { OutboxEvent } from '../plugins/publisher.ts'

const SEQUENCE_DIGITS = 19

/**
 * The attributes of an event by their CloudEvents names, those of the extensions `partitionkey` and `sequence` with
 * them. Attributes that would be empty are left out; the sequence has leading zeros, so that texts sort as numbers do.
 */
export function cloudEventAttributes(event: OutboxEvent): Readonly<Record<string, string>> {
  const { id, source, type, subject, time, key, sequence } = event
  const attributes = {
    specversion: '1.0',
    id,
    source,
    type,
    subject,
    time,
    datacontenttype: 'application/json',
    partitionkey: key,
    sequence: String(sequence).padStart(SEQUENCE_DIGITS, '0'),
  }
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))
}

/** The event in the JSON format of CloudEvents, on one line. The data stands as it is: no number of it is read. */
export function printCloudEvent(event: OutboxEvent): string {
  const attributes = JSON.stringify(cloudEventAttributes(event))
  return `${attributes.slice(0, -1)},"data":${event.data}}`
}
