import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

import type { OutboxEvent } from '@qarion/core'

/** A request as it came. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Takes requests on this machine. */
export interface HttpReceiver {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
  close(): Promise<void>
}

/** Answers a request; `index` counts them from 0. */
export type Answer = (request: ReceivedRequest, response: ServerResponse, index: number) => void

/** An HTTP server on this machine that keeps what it gets; it answers 204 unless told otherwise. */
export async function startReceiver(answer: Answer = accept): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = []
  const take = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(message)
    const { method = '', url = '', headers } = message
    const request = { method, url, headers, body }
    requests.push(request)
    answer(request, response, requests.length - 1)
  }
  const server = createServer((message, response) => {
    // A sender that goes away in between has sent nothing.
    take(message, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/events`,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** 204. */
export function accept(_request: ReceivedRequest, response: ServerResponse): void {
  response.writeHead(204).end()
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

/** The event that a request carries, in either mode. */
export function receivedEvent({ headers, body }: ReceivedRequest): OutboxEvent {
  const isBinary = headers['content-type'] === 'application/json'
  const cloud = isBinary
    ? undefined
    : (JSON.parse(body) as Readonly<Record<string, string>> & { readonly data: unknown })
  const attribute = (name: string): string =>
    cloud === undefined
      ? decodeURIComponent(String(headers[`ce-${name}`] ?? ''))
      : (cloud[name] ?? '')
  if (attribute('specversion') !== '1.0') throw new Error('no CloudEvent')
  return {
    id: attribute('id'),
    source: attribute('source'),
    type: attribute('type'),
    subject: attribute('subject'),
    time: attribute('time'),
    key: attribute('partitionkey'),
    sequence: BigInt(attribute('sequence')),
    data: cloud === undefined ? body : JSON.stringify(cloud.data),
  }
}
