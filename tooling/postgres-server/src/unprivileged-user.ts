import { readFile } from 'node:fs/promises'

/** Whom the server runs as where this process is root, which it refuses. */
export interface UnprivilegedUser {
  readonly uid: number
  readonly gid: number
}

/** A user that every system has, so that none must be made; `undefined` where this process is not root. */
export async function unprivilegedUser(): Promise<UnprivilegedUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([name]) => name === wanted) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and /etc/passwd has neither postgres nor nobody.',
  )
}
