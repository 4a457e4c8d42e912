import type { Secret } from '../errors/secret.ts'
import type { Plugin } from './plugin.ts'

export type CredentialsPlugin = Plugin<'credentials', CredentialStore>

/** Keeps secrets by id. What it cannot do it leaves out. */
export interface CredentialStore {
  get(id: string): Promise<Secret | undefined>
  list(): Promise<readonly CredentialDefinition[]>
  set?(definition: CredentialDefinition, secret: Secret): Promise<void>
  delete?(id: string): Promise<boolean>
  rotate?(id: string, secret: Secret): Promise<void>
}

/** What is known of a credential without its secret. */
export interface CredentialDefinition {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly description?: string
}
