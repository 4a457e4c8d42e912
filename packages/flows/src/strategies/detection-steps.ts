import type { DagNode, FlowDefinition, Instruction } from '@qarion/core'
import { ingestNode, transformNode } from '@qarion/plan'

import type { ChangeFeedDatasets } from '../change-feed/change-feed-datasets.ts'
import type { ChangeFeedSettings } from '../change-feed/change-feed-settings.ts'
import { removeBatch } from './batch-totals.ts'
import { landingToChangeFeed } from './landing-to-change-feed.ts'
import type { RowRefusal } from './refused-rows.ts'

export interface DetectionSteps {
  readonly nodes: readonly DagNode[]
  /** Takes back what the steps of a batch wrote into tables that all batches share. */
  readonly revert: Instruction
}

/** Loads the delivery and writes what it changed: the steps `load` and `detect`. */
export function detectionSteps(
  definition: FlowDefinition,
  settings: ChangeFeedSettings,
  datasets: ChangeFeedDatasets,
  refusal?: RowRefusal,
): DetectionSteps {
  const { landing, changeFeed, deletedKeys, rejects } = datasets
  const shared = [changeFeed, deletedKeys, rejects].filter(
    ({ storage }) => storage.kind === 'table',
  )
  return {
    nodes: [
      ingestNode({
        id: 'load',
        title: 'Load the delivery',
        dataset: landing.id,
        rejects: rejects.id,
      }),
      transformNode({
        id: 'detect',
        title: 'Compare with the batch before',
        dependsOn: ['load'],
        instruction: landingToChangeFeed(
          settings,
          datasets,
          definition.load?.maxRejects ?? 0,
          refusal,
        ),
      }),
    ],
    revert: removeBatch('revert_change_feed', shared),
  }
}
