import { compareText, DataTypes, type DataTypeKind, type Expression } from '@qarion/core'
import { and, call, caseWhen, castTo, coalesce, column, integer, isNull, text } from '@qarion/plan'

interface NamedColumn {
  readonly name: string
  readonly type: Expression['type']
}

/** Greatest integer that every reader of JSON takes as it is. */
const MAX_SAFE_INTEGER = BigInt(Number.MAX_SAFE_INTEGER)

/** Whether values of the type have a text that all engines write alike. */
export function hasJsonText({ kind }: { readonly kind: DataTypeKind }): boolean {
  return kind !== 'float' && kind !== 'binary'
}

/**
 * The columns as canonical text of a JSON object: names in order of code points, no blanks. Decimals and integers beyond
 * 2^53 are strings, which no reader rounds; dates and times are strings in their text form; NULL is `null`.
 */
export function jsonObject(columns: readonly NamedColumn[]): Expression {
  const members = columns
    .toSorted((left, right) => compareText(left.name, right.name))
    .flatMap((member, index) => [
      text(`${index === 0 ? '{' : ','}${JSON.stringify(member.name)}:`),
      jsonValue(member),
    ])
  return call('concat', ...(members.length === 0 ? [text('{')] : members), text('}'))
}

function jsonValue({ name, type }: NamedColumn): Expression {
  const value = column(name, type)
  const printed = type.kind === 'string' ? value : castTo(value, DataTypes.string)
  switch (type.kind) {
    case 'boolean':
    case 'json':
      return orNull(printed)
    case 'integer':
      return caseWhen(
        [
          {
            when: and(
              call('less_or_equal', value, integer(MAX_SAFE_INTEGER)),
              call('greater_or_equal', value, integer(-MAX_SAFE_INTEGER)),
            ),
            then: printed,
          },
        ],
        orNull(quoted(printed)),
      )
    case 'string':
      return caseWhen([{ when: isNull(value), then: text('null') }], jsonString(value))
    default:
      return orNull(quoted(printed))
  }
}

function orNull(whenThere: Expression): Expression {
  return coalesce(whenThere, text('null'))
}

/** Of texts that hold nothing which JSON would escape. */
function quoted(printed: Expression): Expression {
  return call('concat', text('"'), printed, text('"'))
}

/** The one element of an array, without the brackets. */
function jsonString(value: Expression): Expression {
  const array = castTo(call('json_array', value), DataTypes.string)
  return call('substring', array, integer(2), call('subtract', call('length', array), integer(2)))
}
