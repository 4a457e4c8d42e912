import {
  DataTypes,
  type DatasetId,
  type Expression,
  type Instruction,
  type NamedExpression,
  type Query,
  type Rule,
} from '@qarion/core'
import {
  aggregate,
  and,
  append,
  call,
  caseWhen,
  coalesce,
  column,
  defineInstruction,
  defineQuery,
  derive,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  isNotNull,
  isNull,
  join,
  limit,
  literal,
  measure,
  not,
  nullOf,
  remove,
  select,
  text,
  union,
} from '@qarion/plan'

import { BATCH_ID, batchId, batchTime } from '../strategies/batch-parameter.ts'
import type { ChangeInput } from '../strategies/change-input.ts'
import { keep, onColumns } from '../strategies/snapshot.ts'
import { effectiveTime, guardEffective } from './effective-time.ts'
import {
  CHANGED_COLUMNS,
  CLOSE_REASON,
  CLOSED_BATCH_ID,
  COUNTS,
  ENDED,
  OPEN,
  VALID_FROM,
  VALID_TO,
  valueOf,
  VERSION,
  VERSION_ID,
  type SystemColumn,
} from './scd2-columns.ts'
import { OF_OPEN, type Scd2Datasets } from './scd2-datasets.ts'
import type { Scd2Settings } from './scd2-settings.ts'

const IS_DELETED: SystemColumn = { name: 'xt_is_deleted', type: DataTypes.boolean }
const WAS_SEEN: SystemColumn = { name: 'xt_was_seen', type: DataTypes.boolean }
/** The first instant that a timestamp can hold, so that it is at or before every other. */
const BEGINNING = literal(DataTypes.timestamp, '0001-01-01T00:00:00Z')

const isDeleted = valueOf(IS_DELETED)
const isOpen = isNotNull(valueOf(VERSION, OPEN))

/**
 * The instruction that closes and opens versions by what the batch changed. Whether a key has an open version is asked
 * of the dimension, not of the change, so no key ever gets two.
 *
 * Parameters it needs: `batch_id`, `batch_time`.
 */
export function writeVersions(
  settings: Scd2Settings,
  datasets: Scd2Datasets,
  input: Pick<ChangeInput, 'changes'>,
): Instruction {
  const { openVersions, closedVersions, endedKeys, batchTotals } = datasets
  const keyNames = settings.key.map(({ name }) => name)
  return defineInstruction(
    'write_versions',
    [
      input.changes('changes'),
      ...touchedVersions(settings, datasets),
      ...guardEffective(settings, isDeleted),
      ...versionsToWrite(settings),
      ...totals(),
    ],
    [
      remove('touched_keys', openVersions.id, keyNames),
      append('opening', openVersions.id),
      append('closing', closedVersions.id),
      remove('touched_keys', endedKeys.id, keyNames),
      append('ending', endedKeys.id),
      append('totals', batchTotals.id),
    ],
  )
}

/**
 * `touched`: each change beside the version that is open, with the number and the start of the version that it opens. Of
 * a deletion the start is the end of what it closes.
 */
function touchedVersions(settings: Scd2Settings, datasets: Scd2Datasets): Query[] {
  const { key, columns, initialValidFrom } = settings
  const others = columns.filter(({ name }) => !key.some((part) => part.name === name))
  const isInitial = initialValidFrom === 'beginning'
  const last = coalesce(valueOf(VERSION, OPEN), valueOf(VERSION, ENDED), integer(0))
  return [
    defineQuery('open_rows', [from(datasets.openVersions.id)]),
    defineQuery('ended_rows', [from(datasets.endedKeys.id)]),
    ...(isInitial ? seenBefore(datasets) : []),
    defineQuery(
      'touched',
      [
        fromQuery('changes'),
        derive([
          {
            name: IS_DELETED.name,
            expression: equal(column('xt_record_type', DataTypes.string), text('deleted')),
          },
        ]),
        join('open_rows', { type: 'left', on: onColumns(key), rightPrefix: OPEN }),
        join('ended_rows', { type: 'left', on: onColumns(key), rightPrefix: ENDED }),
        ...(isInitial ? [join('seen', { type: 'inner', on: [] })] : []),
        select([
          ...[...columns, IS_DELETED].map(keep),
          ...[...others, ...OF_OPEN].map((of) => ({
            name: OPEN + of.name,
            expression: valueOf(of, OPEN),
          })),
          { name: VERSION.name, expression: call('add', last, integer(1)) },
          { name: VALID_FROM.name, expression: start(settings, isInitial) },
          {
            name: CHANGED_COLUMNS.name,
            expression: caseWhen(
              [{ when: isOpen, then: valueOf(CHANGED_COLUMNS) }],
              nullOf(CHANGED_COLUMNS.type),
            ),
          },
        ]),
      ],
      { evaluate: 'once' },
    ),
  ]
}

/** When a version starts, or a deletion counts from: not before what the key has already. */
function start({ effectiveAt }: Scd2Settings, isInitial: boolean): Expression {
  const earliest = coalesce(valueOf(VALID_FROM, OPEN), valueOf(VALID_TO, ENDED))
  // No row is there that could say since when it is gone, so a deletion is by the time of the batch.
  const told =
    effectiveAt === undefined
      ? batchTime
      : caseWhen([{ when: isDeleted, then: batchTime }], effectiveTime(effectiveAt))
  const branches = [
    ...(isInitial ? [{ when: not(valueOf(WAS_SEEN)), then: BEGINNING }] : []),
    ...(effectiveAt === undefined
      ? []
      : [{ when: call('greater', earliest, told), then: earliest }]),
  ]
  return branches.length === 0 ? told : caseWhen(branches, told)
}

/** `seen`: whether there was any version before the batch. */
function seenBefore({ openVersions, endedKeys }: Scd2Datasets): Query[] {
  return [
    anyVersion('any_open', openVersions.id),
    anyVersion('any_ended', endedKeys.id),
    defineQuery('seen', [
      fromQuery('any_open'),
      union(['any_ended']),
      aggregate({ groupBy: [], measures: [measure('xt_versions', 'count')] }),
      select([
        {
          name: WAS_SEEN.name,
          expression: call('greater', column('xt_versions', DataTypes.integer), integer(0)),
        },
      ]),
    ]),
  ]
}

function anyVersion(name: string, dataset: DatasetId): Query {
  return defineQuery(name, [from(dataset), limit(1), select([keep(VERSION)])])
}

/** `closing`, `opening`, `ending` and `touched_keys`: what is written, and whose rows make way for it. */
function versionsToWrite({ key, columns }: Scd2Settings): Query[] {
  const others = columns.filter(({ name }) => !key.some((part) => part.name === name))
  const closedReason = caseWhen([{ when: isDeleted, then: text('deleted') }], text('changed'))
  return [
    defineQuery('touched_keys', [fromQuery('touched'), select(key.map(keep))]),
    defineQuery('closing', [
      fromQuery('touched'),
      filter(isOpen),
      select([
        ...key.map(keep),
        ...[...others, ...OF_OPEN].map((of): NamedExpression => ({
          name: of.name,
          expression: valueOf(of, OPEN),
        })),
        { name: VALID_TO.name, expression: valueOf(VALID_FROM) },
        { name: CLOSE_REASON.name, expression: closedReason },
        { name: CLOSED_BATCH_ID.name, expression: batchId },
      ]),
    ]),
    defineQuery('opening', [
      fromQuery('touched'),
      filter(not(isDeleted)),
      select([
        ...[...columns, VERSION].map(keep),
        {
          name: VERSION_ID.name,
          expression: call(
            'key_text',
            ...key.map(({ name, type }) => column(name, type)),
            valueOf(VERSION),
          ),
        },
        keep(VALID_FROM),
        { name: BATCH_ID.name, expression: batchId },
        keep(CHANGED_COLUMNS),
      ]),
    ]),
    defineQuery('ending', [
      fromQuery('touched'),
      filter(and(isDeleted, isOpen)),
      select([
        ...key.map(keep),
        { name: VERSION.name, expression: valueOf(VERSION, OPEN) },
        { name: VALID_TO.name, expression: valueOf(VALID_FROM) },
      ]),
    ]),
  ]
}

/** The row of `batch_totals`. */
function totals(): Query[] {
  const isFirst = equal(valueOf(VERSION), integer(1))
  const conditions: Readonly<Record<(typeof COUNTS)[number], Expression>> = {
    new: and(not(isDeleted), isFirst),
    changed: and(not(isDeleted), isOpen),
    deleted: and(isDeleted, isOpen),
    reinserted: and(not(isDeleted), isNull(valueOf(VERSION, OPEN)), not(isFirst)),
  }
  const counted: Rule = aggregate({
    groupBy: [],
    measures: COUNTS.map((name) =>
      measure(name, 'sum', [caseWhen([{ when: conditions[name], then: integer(1) }], integer(0))]),
    ),
  })
  return [
    defineQuery('totals', [
      fromQuery('touched'),
      counted,
      select([
        { name: BATCH_ID.name, expression: batchId },
        // A sum over no rows is NULL.
        ...COUNTS.map((name) => ({
          name,
          expression: coalesce(column(name, DataTypes.integer), integer(0)),
        })),
      ]),
    ]),
  ]
}
