import { DataTypes, type Expression, type InputColumn, type Query } from '@qarion/core'
import {
  and,
  assert,
  call,
  castTo,
  coalesce,
  column,
  defineQuery,
  filter,
  from,
  fromQuery,
  isNull,
  join,
  not,
  select,
  text,
} from '@qarion/plan'

import type { RowRefusal } from '../strategies/refused-rows.ts'
import { keep, onColumns } from '../strategies/snapshot.ts'
import { ENDED, OPEN, VALID_FROM, VALID_TO, valueOf } from './scd2-columns.ts'
import type { Scd2Datasets } from './scd2-datasets.ts'
import type { Scd2Settings } from './scd2-settings.ts'

/** The effective time of a row; a date counts from midnight in UTC. */
export function effectiveTime({ name, type }: InputColumn): Expression {
  return castTo(column(name, type), DataTypes.timestamp)
}

/** Guards over `touched`: rows without effective time, and those that come late where they may not. */
export function guardEffective(
  { key, effectiveAt, onLateEffective }: Scd2Settings,
  isDeleted: Expression,
): Query[] {
  if (effectiveAt === undefined) return []
  const shown = [...key, effectiveAt].map(keep)
  const queries: Query[] = []
  if (!effectiveAt.required) {
    queries.push(
      defineQuery('effective_guard', [
        fromQuery('touched'),
        filter(and(not(isDeleted), isNull(column(effectiveAt.name, effectiveAt.type)))),
        select(shown),
        assert({
          guard: 'no_effective_time',
          code: 'QRN-SCD2-102',
          message: `{count} changed rows have no ${effectiveAt.name}`,
          hint: 'Declare the column required in the flow that is read.',
          canBeAccepted: false,
        }),
      ]),
    )
  }
  if (onLateEffective === 'fail') {
    queries.push(
      defineQuery('late_guard', [
        fromQuery('touched'),
        filter(and(not(isDeleted), call('less', effectiveTime(effectiveAt), valueOf(VALID_FROM)))),
        select([...shown, { name: 'xt_earliest', expression: valueOf(VALID_FROM) }]),
        assert({
          guard: 'late_effective',
          code: 'QRN-SCD2-101',
          message: `{count} changed rows take effect (${effectiveAt.name}) before the newest version of their key`,
          hint: 'Correct the delivery, or set on_late_effective = "clamp" or "reject". To let them begin where that version does, this once: --accept late_effective --reason "…".',
          canBeAccepted: true,
        }),
      ]),
    )
  }
  return queries
}

/** What refuses late rows where they are to be rejected. */
export function refuseLate(
  { key, effectiveAt, onLateEffective }: Scd2Settings,
  { openVersions, endedKeys }: Scd2Datasets,
): RowRefusal | undefined {
  if (effectiveAt === undefined || onLateEffective !== 'reject') return undefined
  const earliest = coalesce(valueOf(VALID_FROM, OPEN), valueOf(VALID_TO, ENDED))
  return {
    queries: (changed) => [
      defineQuery('open_starts', [from(openVersions.id), select([...key, VALID_FROM].map(keep))]),
      defineQuery('ends', [from(endedKeys.id), select([...key, VALID_TO].map(keep))]),
      defineQuery(
        'refused',
        [
          fromQuery(changed),
          join('open_starts', { type: 'left', on: onColumns(key), rightPrefix: OPEN }),
          join('ends', { type: 'left', on: onColumns(key), rightPrefix: ENDED }),
          filter(call('less', effectiveTime(effectiveAt), earliest)),
          select([
            ...key.map(keep),
            { name: 'xt_column', expression: text(effectiveAt.name) },
            {
              name: 'xt_value',
              expression: castTo(column(effectiveAt.name, effectiveAt.type), DataTypes.string),
            },
            {
              name: 'xt_reason',
              expression: call(
                'concat',
                text('takes effect before '),
                castTo(earliest, DataTypes.string),
                text(', from where on the key has a newer version'),
              ),
            },
          ]),
        ],
        { evaluate: 'once' },
      ),
    ],
    code: 'QRN-SCD2-101',
    message:
      'rows that take effect before the newest version of their key are more than max_rejects allows',
    hint: 'Correct the delivery, or raise max_rejects under [properties.load].',
  }
}
