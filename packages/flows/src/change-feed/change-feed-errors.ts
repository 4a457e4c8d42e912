import { QarionError, type ErrorCode, type Place } from '@qarion/core'

/** Codes of the change feed: what each means and what helps. */
export const CHANGE_FEED_ERRORS: Readonly<
  Record<string, { readonly title: string; readonly cause: string; readonly cure: string }>
> = {
  'QRN-FEED-001': {
    title: 'No primary key',
    cause: 'A change feed compares rows by key and the flow declares none.',
    cure: 'Set primary_key under [input].',
  },
  'QRN-FEED-002': {
    title: 'Unknown column in a property',
    cause: 'A property names a column that [input] does not declare.',
    cure: 'Correct the name or declare the column.',
  },
  'QRN-FEED-003': {
    title: 'Properties exclude each other',
    cause: 'Two properties were set that cannot hold together, or one lacks the other it needs.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-FEED-004': {
    title: 'Comparison does not fit the column',
    cause: 'compare names something that the type of the column does not have.',
    cure: 'trim and casefold are for strings, scale is for decimals.',
  },
  'QRN-FEED-005': {
    title: 'The dataset does not tell what changed',
    cause: 'A flow that goes by changes reads a dataset that is not a change feed.',
    cure: 'Name the change_feed of a flow under source_dataset_id.',
  },
  'QRN-FEED-101': {
    title: 'Duplicate keys in a delivery',
    cause: 'More than one row of the delivery has the same key.',
    cure: 'Correct the delivery, or choose on_duplicate_key.',
  },
  'QRN-FEED-102': {
    title: 'Empty delivery',
    cause: 'The delivery holds no rows, which would delete every key.',
    cure: 'Check the delivery; accept it once, or choose on_empty.',
  },
  'QRN-FEED-103': {
    title: 'Mass delete',
    cause: 'The delivery deletes a larger part of the rows than max_deleted_fraction allows.',
    cure: 'Check the delivery; accept it once, or change the limit.',
  },
}

/** A definition that cannot become a change feed. */
export function definitionError(
  code: ErrorCode,
  flow: string,
  message: string,
  hint: string,
  place?: Place,
): QarionError {
  return new QarionError(code, 'configuration', `flow "${flow}": ${message}`, {
    hint,
    ...(place ? { place } : {}),
  })
}
