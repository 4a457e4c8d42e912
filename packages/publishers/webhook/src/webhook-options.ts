import type { OptionDescriptor } from '@qarion/core'

/** The publisher's options, in `[properties.publish]`. */
export const WEBHOOK_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'url',
    type: 'string',
    isRequired: true,
    description: 'Address that takes the events, by POST.',
  },
  {
    name: 'secret',
    type: 'secret',
    description:
      'Signs every request (Standard Webhooks, HMAC-SHA256): `whsec_` and the key in base64, or any text.',
  },
  {
    name: 'authorization',
    type: 'secret',
    description: 'Value of the header Authorization, for instance `Bearer …`.',
  },
  {
    name: 'headers',
    type: 'table',
    description: 'Further headers by name; what is secret goes to authorization.',
  },
  {
    name: 'mode',
    type: 'choice',
    choices: ['structured', 'binary'],
    default: 'structured',
    description:
      'CloudEvents over HTTP: the whole event as JSON (structured), or the data as body and the attributes as headers `ce-…` (binary).',
  },
  {
    name: 'timeout',
    type: 'duration',
    default: '30s',
    description: 'Longest time for one attempt.',
  },
  {
    name: 'concurrency',
    type: 'integer',
    minimum: 1,
    maximum: 256,
    default: 4,
    description: 'Requests at the same time, of different keys each.',
  },
]
