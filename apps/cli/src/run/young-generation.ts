import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the memory for young objects at the size it has. Batches of rows come and go while files load: with room for three
 * times as many dead ones, a run takes 50 to 120 MB more and no less time.
 */
export function keepYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
