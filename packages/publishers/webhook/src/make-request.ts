import { cloudEventAttributes, printCloudEvent, type OutboxEvent } from '@qarion/core'

import { headerText, signatureHeaders } from './sign-request.ts'
import type { WebhookSettings } from './webhook-settings.ts'

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The event as CloudEvents sends it over HTTP, signed. */
export function makeRequest(
  { mode, headers, key }: Pick<WebhookSettings, 'mode' | 'headers' | 'key'>,
  event: OutboxEvent,
  nowMs: number,
): WebhookRequest {
  const body = mode === 'structured' ? printCloudEvent(event) : event.data
  return {
    headers: {
      ...headers,
      'user-agent': 'qarion',
      ...(mode === 'structured'
        ? { 'content-type': 'application/cloudevents+json; charset=utf-8' }
        : attributeHeaders(event)),
      ...signatureHeaders(key, headerText(event.id), nowMs, body),
    },
    body,
  }
}

function attributeHeaders(event: OutboxEvent): Record<string, string> {
  const { datacontenttype = '', ...attributes } = cloudEventAttributes(event)
  return {
    'content-type': datacontenttype,
    ...Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, headerText(value)]),
    ),
  }
}
