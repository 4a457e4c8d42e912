import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findBinaries, type Binaries } from './binaries.ts'
import { runProgram, serverEnvironment } from './run-program.ts'
import { unprivilegedUser, type UnprivilegedUser } from './unprivileged-user.ts'

export interface ServerOptions {
  /** Data survives a crash of the machine, as on a server in use; slower. Default false. */
  readonly isDurable?: boolean
  /** Further settings of the server, by name. */
  readonly settings?: Readonly<Record<string, string>>
  /** Lets it speak TLS too, with this certificate and its key, in PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string }
}

export interface RunningServer {
  /** `postgres://qarion:…@127.0.0.1:…/postgres`, of a superuser. */
  readonly url: string
  readonly process: ChildProcess
  /** Starts it again over the same data and at the same address, once its process has ended. */
  restart(): Promise<void>
  /** Ends it, sessions and all, and removes its data. May be called again. */
  stop(): Promise<void>
}

const SUPERUSER = 'qarion'
/** A port that was free may be taken a moment later. */
const ATTEMPTS = 3

const FAST: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
}

/** Starts a server of its own on a free port of this machine. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const user = await unprivilegedUser()
  const directory = await mkdtemp(join(tmpdir(), 'qarion-postgres-'))
  try {
    await chmod(directory, 0o711)
    const binaries = await findBinaries(directory, user)
    const password = randomBytes(12).toString('hex')
    const data = await makeCluster(binaries, directory, password, user)
    if (options.tls !== undefined) await placeCertificate(options.tls, data, user)
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort()
      const child = await launch(binaries, data, port, user, options)
      if (child === undefined && attempt < ATTEMPTS) continue
      if (child === undefined) throw new Error(`The server does not start on port ${port}.`)
      let current = child
      // A process that ends without stopping it takes it along.
      const onExit = (): void => {
        current.kill('SIGQUIT')
        rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
      }
      process.once('exit', onExit)
      return {
        url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
        get process() {
          return current
        },
        restart: async () => {
          await ended(current)
          const next = await launch(binaries, data, port, user, options)
          if (next === undefined) throw new Error(`Port ${port} has been taken.`)
          current = next
        },
        stop: async () => {
          // A fast shutdown: sessions are ended, nothing is waited for.
          current.kill('SIGINT')
          await ended(current)
          process.off('exit', onExit)
          await rm(directory, { recursive: true, force: true })
        },
      }
    }
  } catch (thrown) {
    await rm(directory, { recursive: true, force: true })
    throw thrown
  }
}

/** The database's own order of texts is a language's, so that nothing passes by accident where it should not count. */
async function makeCluster(
  { initdb, majorVersion }: Binaries,
  directory: string,
  password: string,
  user: UnprivilegedUser | undefined,
): Promise<string> {
  const home = join(directory, 'server')
  const passwordFile = join(home, 'password')
  await mkdir(home)
  await writeFile(passwordFile, `${password}\n`)
  if (user !== undefined) await chown(home, user.uid, user.gid)
  const data = join(home, 'data')
  await runProgram(
    initdb,
    [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      // Older versions have neither.
      ...(majorVersion < 15 ? [] : ['--locale-provider=icu', '--icu-locale=en-US']),
      // The password is thrown away with the server.
      ...(majorVersion < 16 ? [] : ['--set=scram_iterations=1']),
      '--no-sync',
      '--no-instructions',
    ],
    { user, cwd: home },
  )
  await rm(passwordFile)
  return data
}

/** Under the names that the server looks for; it takes no key that others may read. */
async function placeCertificate(
  { certificate, key }: NonNullable<ServerOptions['tls']>,
  data: string,
  user: UnprivilegedUser | undefined,
): Promise<void> {
  for (const [name, text] of [
    ['server.crt', certificate],
    ['server.key', key],
  ] as const) {
    const path = join(data, name)
    await writeFile(path, text, { mode: 0o600 })
    if (user !== undefined) await chown(path, user.uid, user.gid)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

/** The running server, or `undefined` if it ended at once. */
function launch(
  { postgres }: Binaries,
  data: string,
  port: number,
  user: UnprivilegedUser | undefined,
  { isDurable = false, settings = {}, tls }: ServerOptions,
): Promise<ChildProcess | undefined> {
  const all: Readonly<Record<string, string>> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(isDurable ? {} : FAST),
    ...(tls === undefined ? {} : { ssl: 'on' }),
    ...settings,
  }
  const words = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return new Promise((resolve, reject) => {
    const child = spawn(postgres, ['-D', data, '-p', String(port), ...words], {
      ...user,
      cwd: data,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let output = ''
    child.stderr.on('data', (chunk: Buffer) => {
      if (output === READY) return
      output += chunk.toString()
      if (!output.includes(READY)) return
      output = READY
      resolve(child)
    })
    child.on('error', reject)
    child.on('exit', () => {
      if (output.includes('could not create any TCP/IP sockets')) resolve(undefined)
      else reject(new Error(`The server ended:\n${output}`))
    })
  })
}

const READY = 'database system is ready to accept connections'

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
  })
}
