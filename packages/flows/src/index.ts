/** Built-in flow types and the strategies they are made of. */
export { CHANGE_FEED_ERRORS } from './change-feed/change-feed-errors.ts'
export { CHANGE_FEED_OPTIONS } from './change-feed/change-feed-options.ts'
export { changeFeed } from './change-feed/change-feed.ts'
export { default as changeFeedPlugin } from './change-feed/plugin.ts'
export { landingToChangeFeed } from './strategies/landing-to-change-feed.ts'
