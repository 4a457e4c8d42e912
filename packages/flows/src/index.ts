/** Built-in flow types and the strategies they are made of. */
export { CHANGE_FEED_ERRORS } from './change-feed/change-feed-errors.ts'
export { CHANGE_FEED_OPTIONS } from './change-feed/change-feed-options.ts'
export { changeFeed } from './change-feed/change-feed.ts'
export { default as changeFeedPlugin } from './change-feed/plugin.ts'
export {
  DELTA_PUBLISHING_ERRORS,
  type DeltaPublishingErrorCode,
} from './delta-publishing/delta-publishing-errors.ts'
export { DELTA_PUBLISHING_OPTIONS } from './delta-publishing/delta-publishing-options.ts'
export { deltaPublishing } from './delta-publishing/delta-publishing.ts'
export { default as deltaPublishingPlugin } from './delta-publishing/plugin.ts'
export {
  ERROR_PARKING_ERRORS,
  type ErrorParkingErrorCode,
} from './error-parking/error-parking-errors.ts'
export { ERROR_PARKING_OPTIONS } from './error-parking/error-parking-options.ts'
export { errorParking } from './error-parking/error-parking.ts'
export { default as errorParkingPlugin } from './error-parking/plugin.ts'
export { EXPORT_FLOW_ERRORS, type ExportFlowErrorCode } from './export-flow/export-flow-errors.ts'
export { exportFlow } from './export-flow/export-flow.ts'
export { default as exportFlowPlugin } from './export-flow/plugin.ts'
export { GROWTH_ERRORS, type GrowthErrorCode } from './growth-accounting/growth-errors.ts'
export { GROWTH_OPTIONS } from './growth-accounting/growth-options.ts'
export { growthAccounting } from './growth-accounting/growth-accounting.ts'
export { default as growthAccountingPlugin } from './growth-accounting/plugin.ts'
export { SCD2_ERRORS, type Scd2ErrorCode } from './scd2/scd2-errors.ts'
export { SCD2_OPTIONS } from './scd2/scd2-options.ts'
export { scd2 } from './scd2/scd2.ts'
export { default as scd2Plugin } from './scd2/plugin.ts'
export { OUTBOX_ERRORS, type OutboxErrorCode } from './outbox/outbox-errors.ts'
export { OUTBOX_OPTIONS } from './outbox/outbox-options.ts'
export { outbox } from './outbox/outbox.ts'
export { default as outboxPlugin } from './outbox/plugin.ts'
export { orchestrator } from './orchestrator/orchestrator.ts'
export { default as orchestratorPlugin } from './orchestrator/plugin.ts'
export { CHECK_ERRORS, type CheckErrorCode } from './strategies/checks/check-errors.ts'
export { CHECK_TYPES } from './strategies/checks/check-types.ts'
export { QUALITY_CHECK_OPTIONS } from './quality-check/quality-check-options.ts'
export { qualityCheck } from './quality-check/quality-check.ts'
export { default as qualityCheckPlugin } from './quality-check/plugin.ts'
export {
  SESSIONIZATION_ERRORS,
  type SessionizationErrorCode,
} from './sessionization/sessionization-errors.ts'
export { SESSIONIZATION_OPTIONS } from './sessionization/sessionization-options.ts'
export { sessionization } from './sessionization/sessionization.ts'
export { default as sessionizationPlugin } from './sessionization/plugin.ts'
export { default as standardPlugin } from './standard/plugin.ts'
export { STANDARD_ERRORS, type StandardErrorCode } from './standard/standard-errors.ts'
export { standard } from './standard/standard.ts'
export { changeFeedToDeltaTransaction } from './strategies/change-feed-to-delta-transaction.ts'
export { changeFeedToOutbox } from './strategies/change-feed-to-outbox.ts'
export { landingToChangeFeed } from './strategies/landing-to-change-feed.ts'
