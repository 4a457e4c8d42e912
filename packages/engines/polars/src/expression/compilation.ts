import type { DataType, ExecutionErrorCode, Value } from '@qarion/core'

import {
  binary,
  columnName,
  columnNode,
  integerNode,
  isTrue,
  type NamedNode,
  type Node,
} from '../frame/node.ts'

/** An expression compiled: what Polars calculates, and the type that Qarion gives it. */
export interface Operand {
  readonly node: Node
  readonly type: DataType
}

/** A value, NULL, or the code of the failure. */
export type RowResult = Value | null | { readonly failure: ExecutionErrorCode }

/** A function that Polars lacks, one row at a time; it is given no NULL unless `seesNulls`. */
export type RowFunction = (...args: readonly (Value | null)[]) => RowResult

/** A column that is calculated in JavaScript from columns that are there. */
export interface RowColumn {
  readonly name: string
  readonly type: DataType
  readonly args: readonly Operand[]
  readonly call: RowFunction
  readonly seesNulls: boolean
  /** Name of the column that holds the code of what failed; NULL where nothing did. */
  readonly failureName: string
}

/** Columns that can be calculated at once, since all that they read is there. */
export interface Layer {
  readonly columns: NamedNode[]
  readonly rowColumns: RowColumn[]
}

/** True in rows that fail the step. */
export interface FailureCheck {
  readonly code: ExecutionErrorCode
  readonly node: Node
}

/** What the expressions of one rule need: columns on the way, and checks of rows that fail. */
export interface Compilation {
  /** The column of the frame. Throws where there is none. */
  readonly column: (name: string) => Operand
  /** The value that the run gives a parameter. Throws where it gives none. */
  readonly parameter: (name: string) => Value | null
  /** Keeps a result that is read more than once, or whose expression grows deep. */
  keep(node: Node): Node
  /** The result of a function that Polars lacks. */
  rows(
    type: DataType,
    args: readonly Operand[],
    call: RowFunction,
    options?: { readonly seesNulls?: boolean },
  ): Node
  /** Fails the step where `condition` is true in a row that is in the branch being compiled. */
  fail(code: ExecutionErrorCode, condition: Node): void
  /** Compiles what counts only in rows where `condition` is true. */
  within<Result>(condition: Node, compile: () => Result): Result
  readonly layers: readonly Layer[]
  readonly checks: readonly FailureCheck[]
}

/** Deeper expressions are kept as columns: the driver reads 128 levels of JSON. */
const MAX_DEPTH = 60

const CODES: readonly ExecutionErrorCode[] = ['QRN-EXEC-001', 'QRN-EXEC-002', 'QRN-EXEC-003']

/** Starts compiling the expressions of a rule. */
export function createCompilation(
  column: Compilation['column'],
  parameter: Compilation['parameter'],
): Compilation {
  const layers: Layer[] = []
  const checks: FailureCheck[] = []
  let guard: (() => Node) | undefined
  let count = 0
  const nextName = (): string => `xt:${(count += 1)}`
  const layerAt = (level: number): Layer => {
    while (layers.length <= level) layers.push({ columns: [], rowColumns: [] })
    return layers[level] as Layer
  }
  const keep = (node: Node): Node => {
    if (columnName(node) !== undefined) return node
    const name = nextName()
    layerAt(node.level).columns.push({ name, node })
    return columnNode(name, node.level + 1)
  }
  const shallow = (node: Node): Node => (node.depth > MAX_DEPTH ? keep(node) : node)
  const fail: Compilation['fail'] = (code, condition) => {
    const node = guard === undefined ? condition : binary('And', guard(), condition)
    checks.push({ code, node: shallow(node) })
  }
  return {
    column,
    parameter,
    keep,
    fail,
    rows: (type, args, call, { seesNulls = false } = {}) => {
      const kept = args.map((arg) => ({ type: arg.type, node: keep(arg.node) }))
      const level = Math.max(...kept.map(({ node }) => node.level))
      const [name, failureName] = [nextName(), nextName()]
      layerAt(level).rowColumns.push({ name, type, args: kept, call, seesNulls, failureName })
      const failure = columnNode(failureName, level + 1)
      for (const code of CODES) fail(code, binary('Eq', failure, integerNode(failureNumber(code))))
      return columnNode(name, level + 1)
    },
    within: (condition, compile) => {
      const outer = guard
      let kept: Node | undefined
      // Made when something within may fail: most expressions cannot.
      guard = () =>
        (kept ??= keep(
          outer === undefined ? isTrue(condition) : binary('And', outer(), isTrue(condition)),
        ))
      try {
        return compile()
      } finally {
        guard = outer
      }
    },
    layers,
    checks,
  }
}

/** How failures are numbered in the column that marks them. */
export function failureNumber(code: ExecutionErrorCode): bigint {
  return BigInt(CODES.indexOf(code) + 1)
}

/** The operand, kept as a column if it has grown deep. */
export function withinDepth({ node, type }: Operand, compilation: Compilation): Operand {
  return node.depth > MAX_DEPTH ? { node: compilation.keep(node), type } : { node, type }
}
