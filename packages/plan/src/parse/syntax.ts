import type { DataType, FunctionName, TextRange } from '@qarion/core'

/** What the text says, before columns and types are known. */
export type Syntax =
  | (SyntaxBase & { readonly kind: 'constant'; readonly type: DataType; readonly text: string })
  | (SyntaxBase & { readonly kind: 'null' })
  | (SyntaxBase & { readonly kind: 'name'; readonly name: string; readonly isQuoted: boolean })
  | (SyntaxBase & { readonly kind: 'parameter'; readonly name: string })
  | CallSyntax
  | CaseSyntax
  | (SyntaxBase & { readonly kind: 'cast'; readonly operand: Syntax; readonly type: DataType })
  | (SyntaxBase & {
      readonly kind: 'in'
      readonly operand: Syntax
      readonly items: readonly Syntax[]
      readonly isNegated: boolean
    })

export interface CallSyntax extends SyntaxBase {
  readonly kind: 'call'
  readonly function: FunctionName
  readonly arguments: readonly Syntax[]
}

export interface CaseSyntax extends SyntaxBase {
  readonly kind: 'case'
  readonly branches: readonly { readonly when: Syntax; readonly then: Syntax }[]
  readonly otherwise?: Syntax
}

interface SyntaxBase extends TextRange {
  /** Nodes from here to the deepest leaf. */
  readonly depth: number
}

export function depthOver(children: readonly Syntax[]): number {
  return children.reduce((depth, child) => Math.max(depth, child.depth), 0) + 1
}
