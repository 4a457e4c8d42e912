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
  /** True where a part came from elsewhere, a variable or the environment: messages then do not show the value. */
  readonly isReferred: boolean
}

/**
 * Resolves `${env:NAME}` and `{{ name }}` within the text and `${credential:id}` as the whole text; `$${` stands for
 * `${`. What is wrong goes to the problems, and the result is `undefined`.
 */
export function resolveText(
  text: string,
  at: Spot,
  context: ResolveContext,
): ResolvedText | undefined {
  if (!text.includes('${')) return fillIn(text, at, context)
  const whole = /^\$\{credential:([^${}]+)\}$/.exec(text)
  if (whole?.[1] !== undefined) return credential(whole[1].trim(), at, context)

  let isBroken = false
  let isReferred = false
  const values: string[] = []
  let end = 0
  const literal = (piece: string): void => {
    // What a reference or a variable holds is never read as a template or a reference.
    const filled = fillIn(piece, at, context)
    isBroken ||= filled === undefined
    isReferred ||= filled?.isReferred === true
    values.push(filled?.value ?? '')
  }
  // An opening without its closing brace matches alone, and is refused.
  for (const match of text.matchAll(/\$\$\{|\$\{([^{}]*)\}|\$\{/g)) {
    literal(text.slice(end, match.index))
    end = match.index + match[0].length
    if (match[0] === '$${') {
      values.push('${')
      continue
    }
    const name = /^\s*env:\s*([A-Za-z_][A-Za-z0-9_]*)\s*$/.exec(match[1] ?? '')?.[1]
    const found = name === undefined ? undefined : context.env[name]
    isReferred ||= name !== undefined
    isBroken ||= found === undefined
    if (name === undefined) reportNoReference(match, at, context)
    else if (found === undefined) reportUnset(name, at, context)
    values.push(found ?? '')
  }
  literal(text.slice(end))
  return isBroken ? undefined : { value: values.join(''), isReferred }
}

function fillIn(
  text: string,
  at: Spot,
  { templates, laterNames }: ResolveContext,
): { readonly value: string; readonly isReferred: boolean } | undefined {
  if (templates === undefined || !text.includes('{{')) return { value: text, isReferred: false }
  const value = templates.fillIn(text, at, laterNames)
  return value === undefined ? undefined : { value, isReferred: value !== text }
}

function reportNoReference(match: RegExpExecArray, at: Spot, { problems }: ResolveContext): void {
  problems.add({
    code: 'QRN-CONFIG-023',
    message: `\`${match[0].slice(0, 60)}\` is no reference`,
    hint: match[1]?.trim().startsWith('credential:')
      ? 'A credential has to be the whole text: "${credential:id}".'
      : undefined,
    at,
  })
}

function reportUnset(name: string, at: Spot, { problems }: ResolveContext): void {
  problems.add({
    code: 'QRN-CONFIG-022',
    message: `the environment variable \`${name}\` is not set`,
    hint: `Set ${name}, or write $\${env:${name}} where you mean the text itself.`,
    at,
    data: { variable: name },
  })
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
