/** The server counts days and microseconds from 2000-01-01. */
export const EPOCH_DAYS = 10_957
export const EPOCH_MICROS = 946_684_800_000_000n

/** Whether the lower half of a number lies first in memory. */
export const IS_LITTLE_ENDIAN: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
