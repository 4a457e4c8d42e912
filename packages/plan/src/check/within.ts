import { isQarionError, QarionError } from '@qarion/core'

/** Runs a check; an error that it throws says first where it was. */
export function within<Result>(where: string, check: () => Result): Result {
  try {
    return check()
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    throw new QarionError(thrown.code, thrown.reason, `${where}: ${thrown.message}`, {
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      ...(thrown.place === undefined ? {} : { place: thrown.place }),
      cause: thrown,
      data: thrown.data,
      problems: thrown.problems,
    })
  }
}
