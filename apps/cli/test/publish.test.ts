import { accept, startReceiver, type Answer, type HttpReceiver } from '@qarion/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createProject, ENGINES, type Project } from './project.ts'
import { runBin } from './run-bin.ts'

const SECRET = 'a-word-that-nobody-may-see'

let project: Project
let receiver: HttpReceiver
let answer: Answer
beforeEach(async () => {
  answer = accept
  receiver = await startReceiver((...request) => answer(...request))
})
afterEach(async () => {
  project.remove()
  await receiver.close()
})

const flow = (publish: string): string => `id = "customer_events"
flow_type = "outbox"
namespace = "raw"

[input]
source_dataset_id = "customers.change_feed"

[properties]
initial_load = "publish"

[properties.publish]
${publish}
`

async function start(engine: (typeof ENGINES)[number], publish = ''): Promise<void> {
  project = await createProject(engine)
  const manifest = JSON.parse(project.read('package.json')) as {
    devDependencies: Record<string, string>
  }
  manifest.devDependencies['@qarion/publisher-webhook'] = '*'
  project.write('package.json', JSON.stringify(manifest))
  project.write(
    'flows/customer_events.toml',
    flow(
      `publisher = "webhook"\nurl = "${receiver.url}"\nauthorization = "\${env:AUTHORIZATION}"\n${publish}`,
    ),
  )
  process.env['AUTHORIZATION'] = SECRET
  expect((await project.qarion('run')).exitCode).toBe(0)
}

for (const engine of ENGINES) {
  describe(`publish on ${engine}`, { timeout: 60_000 }, () => {
    it('sends what waits, says how much, and nothing the second time', async () => {
      await start(engine)
      const few = await project.qarion('publish', 'customer_events', '--limit', '3')
      expect(few).toMatchObject({ exitCode: 0, stdout: '' })
      expect(few.stderr).toMatch(/✓ customer_events {2}3 published {2}\d+\.\d\d s\n/)
      expect(few.stderr).toContain('customer_events  12 events wait\n')
      expect(await project.json('publish')).toMatchObject({
        qarion: 1,
        command: 'publish',
        exitCode: 0,
        status: 'succeeded',
        flows: [
          {
            flow: 'customer_events',
            published: 12,
            failed: 0,
            dead: 0,
            waiting: 0,
            waitingDead: 0,
            retryable: false,
            error: null,
          },
        ],
      })
      expect(receiver.requests.length).toBe(15)
      expect(receiver.requests[0]?.headers['authorization']).toBe(SECRET)
      const nothing = await project.qarion('publish')
      expect(nothing).toMatchObject({ exitCode: 0 })
      expect(nothing.stderr).toContain('customer_events  nothing to publish\n')
      const shown = await project.qarion(
        'show',
        'customer_events',
        '--format',
        'csv',
        '--limit',
        '1',
      )
      expect(shown.stdout).toMatch(/\ncustomer_events\|1\|1\|1,\/raw\/customer_events,/)
    })

    it('3 where some were taken, 1 where none was, and dead ones come back when told to', async () => {
      await start(engine)
      answer = (request, response) =>
        response.writeHead(request.body.includes('"subject":"2"') ? 422 : 204).end()
      const some = await project.qarion('publish')
      expect(some.exitCode).toBe(3)
      expect(some.stderr).toContain('dead  QRN-WEBHOOK-002: the receiver answered 422')
      expect(some.stderr).toMatch(/! customer_events {2}\d+ published {2}1 dead/)
      expect(some.stderr).toMatch(/next: .*qarion publish customer_events --retry-dead\n/)
      const none = await project.json('publish', '--retry-dead')
      expect(none).toMatchObject({ exitCode: 1, status: 'failed', flows: [{ dead: 1 }] })
      answer = accept
      const all = await project.json('publish', '--retry-dead')
      expect(all).toMatchObject({ exitCode: 0, flows: [{ waiting: 0, waitingDead: 0 }] })
    })
  })
}

describe('publish', { timeout: 60_000 }, () => {
  it('holds the data: a second one ends with 5', async () => {
    await start('sqlite', 'timeout = "20s"')
    let go = (): void => undefined
    const waiting = new Promise<void>((resolve) => {
      answer = (request, response, index) => {
        if (index > 0) return accept(request, response)
        go = () => accept(request, response)
        resolve()
      }
    })
    const first = project.qarion('publish')
    await waiting
    const second = await project.qarion('publish')
    expect(second.exitCode).toBe(5)
    expect(second.stderr).toContain('qarion publish')
    go()
    expect((await first).exitCode).toBe(0)
  })

  it('writes events as they happen, and shows no secret anywhere', async () => {
    await start('sqlite')
    answer = (_request, response) =>
      response.writeHead(400, { 'content-type': 'text/plain' }).end(`got ${SECRET}`)
    const outcome = await project.qarion('publish', '-v', '--events', 'e.ndjson')
    const lines = project.read('e.ndjson')
    expect(lines).toContain('"type":"publish_failed"')
    expect(lines).toContain('"type":"publish_finished"')
    expect(`${outcome.stdout}${outcome.stderr}${lines}`).not.toContain(SECRET)
    const shown = await project.qarion('show', 'customer_events', '--columns', 'last_error')
    expect(shown.stdout).toContain('got ***')
    const validated = await project.qarion('validate', '--json')
    expect(validated.stdout).not.toContain(SECRET)
    const planned = await project.qarion('plan', '--json', '--sql')
    expect(planned.stdout).not.toContain(SECRET)
  })

  it('2 where the flow has no events, or nobody gets them', async () => {
    await start('sqlite')
    const wrong = await project.qarion('publish', 'customers')
    expect(wrong.exitCode).toBe(2)
    expect(wrong.stderr).toContain('QRN-PUBLISH-001')
    project.write('flows/customer_events.toml', flow('').replace('[properties.publish]\n', ''))
    const nobody = await project.qarion('publish', 'customer_events')
    expect(nobody.exitCode).toBe(2)
    expect(nobody.stderr).toContain('QRN-PUBLISH-002')
  })

  it('has help', async () => {
    project = await createProject('sqlite')
    const { stdout } = await runBin(['publish', '--help'])
    expect(stdout).toContain('--retry-dead')
  })
})
