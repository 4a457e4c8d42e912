import type { SuiteOptions } from '../suite/gap.ts'
import { runSuite, type It } from '../suite/run-suite.ts'
import { DELIVERY_CASES, type DeliveryCaseName } from './cases/delivery-cases.ts'
import { LIFE_CASES, type LifeCaseName } from './cases/life-cases.ts'
import type { MakePublisher } from './publisher-subject.ts'
import { withPublisher, type PublisherTrial } from './publisher-trial.ts'

/** Every case of `publisherSuite`. */
export type PublisherCaseName = DeliveryCaseName | LifeCaseName

export type PublisherSuiteOptions = SuiteOptions<PublisherCaseName>

/** Registers what every publisher has to do, each case with a receiver of its own. */
export function publisherSuite(
  it: It,
  makePublisher: MakePublisher,
  options: PublisherSuiteOptions = {},
): void {
  const cases: Readonly<Record<string, (trial: PublisherTrial) => Promise<void>>> = {
    ...DELIVERY_CASES,
    ...LIFE_CASES,
  }
  runSuite<PublisherCaseName>(
    it,
    Object.entries(cases).map(([name, body]) => ({
      name: name as PublisherCaseName,
      run: () => withPublisher(makePublisher, body),
    })),
    options.gaps ?? [],
  )
}
