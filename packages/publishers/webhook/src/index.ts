/** Sends the events of outboxes as signed HTTP requests. */
export { WEBHOOK_ERRORS, type WebhookErrorCode } from './webhook-errors.ts'
export { WEBHOOK_OPTIONS } from './webhook-options.ts'
export { createWebhookPublisher } from './webhook-publisher.ts'
export { toWebhookSettings, type WebhookSettings } from './webhook-settings.ts'
