import {
  createZone,
  DataTypes,
  formatValue,
  type Expression,
  type ZoneTransition,
} from '@qarion/core'
import { call, caseWhen, castTo, integer, literal } from '@qarion/plan'

const YEAR_1 = -62_135_596_800
/** Zones change by rules that nobody knows so far ahead; what holds at the end of 2099 holds from there on. */
const YEAR_2100 = 4_102_444_800

/**
 * The date that a timestamp falls on in a zone of the IANA database, days of daylight saving included. The transitions
 * stand in the expression, so that every engine has the same ones. Throws QRN-VALUE-003 for a name that is not known.
 */
export function localDate(at: Expression, zoneName: string): Expression {
  const transitions = createZone(zoneName)
    .transitions(YEAR_1, YEAR_2100)
    .filter(
      ({ offsetSeconds }, index, all) =>
        index === 0 || all[index - 1]?.offsetSeconds !== offsetSeconds,
    )
  const isUtc = transitions.length === 1 && transitions[0]?.offsetSeconds === 0
  return castTo(
    isUtc ? at : call('add_microseconds', at, offsetMicroseconds(at, transitions)),
    DataTypes.date,
  )
}

/** A tree of conditions: of hundreds of transitions a row meets the few on its way. */
function offsetMicroseconds(at: Expression, transitions: readonly ZoneTransition[]): Expression {
  const middle = Math.floor(transitions.length / 2)
  const { epochSeconds, offsetSeconds } = transitions[middle] as ZoneTransition
  if (transitions.length === 1) return integer(BigInt(offsetSeconds) * 1_000_000n)
  const instant = literal(
    DataTypes.timestamp,
    formatValue(DataTypes.timestamp, BigInt(epochSeconds) * 1_000_000n),
  )
  return caseWhen(
    [
      {
        when: call('less', at, instant),
        then: offsetMicroseconds(at, transitions.slice(0, middle)),
      },
    ],
    offsetMicroseconds(at, transitions.slice(middle)),
  )
}
