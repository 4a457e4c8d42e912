import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

import { serverUrl, startServer } from '../src/index.ts'

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

it('starts, answers, starts again where it was, and stops', async () => {
  const server = await startServer()
  expect(await answers(server.url)).toBe(true)
  server.process.kill('SIGQUIT')
  await server.restart()
  expect(await answers(server.url)).toBe(true)
  await server.stop()
  expect(await answers(server.url)).toBe(false)
  await server.stop()
})

it.skipIf(process.env['QARION_TEST_POSTGRES_URL'] !== undefined)(
  'is one for all who name the same owner, and ends with it',
  async () => {
    const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    })
    const ownerPid = owner.pid as number
    const [first, second] = await Promise.all([serverUrl({ ownerPid }), serverUrl({ ownerPid })])
    expect(second).toBe(first)
    expect(await answers(first)).toBe(true)
    owner.kill('SIGKILL')
    await expect.poll(() => answers(first), { timeout: 10_000 }).toBe(false)
  },
)

it('ends with a process that does not stop it', async () => {
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url))
  const script = `
    const { startServer } = await import(${JSON.stringify(index)})
    const { url } = await startServer()
    process.stdout.write(url, () => process.exit(3))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  let url = ''
  child.stdout.on('data', (chunk: Buffer) => (url += chunk.toString()))
  await new Promise((resolve) => child.on('close', resolve))
  await expect.poll(() => answers(url), { timeout: 10_000 }).toBe(false)
})

it('says on which machine there is none', async () => {
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url))
  const script = `
    Object.defineProperty(process, 'arch', { value: 'z80' })
    const { startServer } = await import(${JSON.stringify(index)})
    await startServer().catch((error) => process.stdout.write(error.message))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await new Promise((resolve) => child.on('close', resolve))
  expect(output).toContain('QARION_TEST_POSTGRES_URL')
})
