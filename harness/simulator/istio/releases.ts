/**
 * The Istio releases that are simulated. All that differs between them is data, in a file for each release;
 * `behaviour.ts` tells what each property means.
 */
import type { IstioBehaviour } from './behaviour.ts';
import { ISTIO_1_8 } from './release-1.8.ts';
import { ISTIO_CURRENT } from './release-current.ts';

/**
 * Finds the behaviour of a release.
 * @param version - as in the image's `ISTIO_VERSION`: `1.8.0`, `1.30.3`
 * @throws RangeError for a version that is not simulated, naming those that are
 */
export function behaviourOf(version: string): IstioBehaviour {
  if (/^1\.8(\.|$)/.test(version)) return ISTIO_1_8;
  if (/^1\.30(\.|$)/.test(version)) return ISTIO_CURRENT;
  throw new RangeError(`Istio ${version} is not simulated; 1.8.x and 1.30.x are.`);
}
