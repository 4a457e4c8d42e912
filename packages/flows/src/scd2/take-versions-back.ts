import type { Instruction, NamedExpression } from '@qarion/core'
import {
  append,
  call,
  column,
  defineInstruction,
  defineQuery,
  derive,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  join,
  remove,
  select,
  union,
  values,
} from '@qarion/plan'

import { BATCH_ID, batchId, ofBatch } from '../strategies/batch-parameter.ts'
import { keep, onColumns } from '../strategies/snapshot.ts'
import { CLOSED_BATCH_ID, VALID_TO, valueOf, VERSION, type SystemColumn } from './scd2-columns.ts'
import { OF_OPEN, type Scd2Datasets } from './scd2-datasets.ts'
import type { Scd2Settings } from './scd2-settings.ts'

const VERSION_BEFORE: SystemColumn = { name: 'xt_version_before', type: VERSION.type }

/** Takes the newest batch back: versions that it opened go, those that it closed are open again. */
export function takeVersionsBack(
  { key, columns }: Scd2Settings,
  { openVersions, closedVersions, endedKeys, batchTotals }: Scd2Datasets,
): Instruction {
  const keyNames = key.map(({ name }) => name)
  const keys: readonly NamedExpression[] = key.map(keep)
  return defineInstruction(
    'take_versions_back',
    [
      defineQuery('batch', [values([BATCH_ID, CLOSED_BATCH_ID], [[batchId, batchId]])]),
      defineQuery('opened', [from(openVersions.id), ofBatch, select([...keys, keep(VERSION)])], {
        evaluate: 'once',
      }),
      defineQuery(
        'reopened',
        [
          from(closedVersions.id),
          filter(equal(valueOf(CLOSED_BATCH_ID), batchId)),
          select([...columns, ...OF_OPEN].map(keep)),
        ],
        { evaluate: 'once' },
      ),
      defineQuery('reopened_keys', [fromQuery('reopened'), select(keys)]),
      defineQuery('touched_keys', [fromQuery('opened'), select(keys), union(['reopened_keys'])]),
      // A key that came back with the batch was ended by an older one, at the version before.
      defineQuery('closed_rows', [
        from(closedVersions.id),
        select([...keys, ...[VERSION, VALID_TO].map(keep)]),
      ]),
      defineQuery('ended_before', [
        fromQuery('opened'),
        filter(call('greater', valueOf(VERSION), integer(1))),
        join('reopened_keys', { type: 'anti', on: onColumns(key) }),
        derive([
          {
            name: VERSION_BEFORE.name,
            expression: call('subtract', valueOf(VERSION), integer(1)),
          },
        ]),
        join('closed_rows', {
          type: 'inner',
          on: [
            ...onColumns(key),
            { left: VERSION_BEFORE.name, right: VERSION.name, nullSafe: false },
          ],
          rightPrefix: 'xt_closed_',
        }),
        select([
          ...keys,
          { name: VERSION.name, expression: valueOf(VERSION_BEFORE) },
          { name: VALID_TO.name, expression: column(`xt_closed_${VALID_TO.name}`, VALID_TO.type) },
        ]),
      ]),
    ],
    [
      remove('touched_keys', openVersions.id, keyNames),
      append('reopened', openVersions.id),
      remove('batch', closedVersions.id, [CLOSED_BATCH_ID.name]),
      remove('touched_keys', endedKeys.id, keyNames),
      append('ended_before', endedKeys.id),
      remove('batch', batchTotals.id, [BATCH_ID.name]),
    ],
  )
}
