/** The choice among clusters by weight. */
import type { Random } from '../../../../base/random.ts';

/**
 * Picks one by chance, each as often as its weight says.
 * @param all - their weights are integers, of which one at least is above 0
 */
export function pickWeighted<T extends { readonly weight: number }>(
  random: Random,
  all: readonly T[],
): T | undefined {
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.integer(total);
  return all.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}
