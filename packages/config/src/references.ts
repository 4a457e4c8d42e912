import type { ResolveContext } from './resolve-context.ts'
import type { Spot } from './toml-node.ts'

/** `${credential:id}`: the host asks the store when the value is needed. */
export interface CredentialReference {
  readonly kind: 'credential'
  readonly id: string
}

export function isCredentialReference(value: unknown): value is CredentialReference {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Partial<CredentialReference>).kind === 'credential' &&
    typeof (value as Partial<CredentialReference>).id === 'string'
  )
}

export interface ResolvedText {
  readonly value: string | CredentialReference
  /** True where a part came from outside the file: messages then do not show the value. */
  readonly isReferred: boolean
}

/**
 * Resolves `${env:NAME}` within the text and `${credential:id}` as the whole text; `$${` stands for `${`. What is
 * wrong goes to the problems, and the result is `undefined`.
 */
export function resolveText(
  text: string,
  at: Spot,
  context: ResolveContext,
): ResolvedText | undefined {
  if (!text.includes('${')) return { value: text, isReferred: false }
  const whole = /^\$\{credential:([^${}]+)\}$/.exec(text)
  if (whole?.[1] !== undefined) return credential(whole[1].trim(), at, context)

  let isBroken = false
  let isReferred = false
  // An opening without its closing brace matches alone, and is refused.
  const value = text.replaceAll(/\$\$\{|\$\{([^{}]*)\}|\$\{/g, (match, inner?: string) => {
    if (match === '$${') return '${'
    const name = /^\s*env:\s*([A-Za-z_][A-Za-z0-9_]*)\s*$/.exec(inner ?? '')?.[1]
    if (name === undefined) {
      isBroken = true
      context.problems.add({
        code: 'QRN-CONFIG-023',
        message: `\`${match.slice(0, 60)}\` is no reference`,
        hint: inner?.trim().startsWith('credential:')
          ? 'A credential has to be the whole text: "${credential:id}".'
          : undefined,
        at,
      })
      return ''
    }
    const found = context.env[name]
    isReferred = true
    if (found === undefined) {
      isBroken = true
      context.problems.add({
        code: 'QRN-CONFIG-022',
        message: `the environment variable \`${name}\` is not set`,
        hint: `Set ${name}, or write $\${env:${name}} where you mean the text itself.`,
        at,
        data: { variable: name },
      })
    }
    return found ?? ''
  })
  return isBroken ? undefined : { value, isReferred }
}

function credential(id: string, at: Spot, context: ResolveContext): ResolvedText {
  if (context.credentialIds.length > 0 && !context.credentialIds.includes(id)) {
    context.problems.warn({
      code: 'QRN-CONFIG-103',
      message: `the credential \`${id}\` is not declared`,
      hint: `Declared: ${context.credentialIds.join(', ')}.`,
      at,
    })
  }
  return { value: Object.freeze({ kind: 'credential', id }), isReferred: true }
}
