/** Numbers as reports print them. */

/** Rounds to decimals, so that reports don't hang on the last bit of a logarithm. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** Writes a probability for people: `once in 8.2 million`. */
export function onceIn(probability: number): string {
  if (probability <= 0) return 'never';
  const times = 1 / probability;
  const [unit, name] =
    times >= 1e12 ? [1, ''] : times >= 1e9 ? [1e9, ' billion'] : times >= 1e6 ? [1e6, ' million'] : [1, ''];
  if (times >= 1e12) return 'less than once in a million million';
  return `once in ${Number((times / unit).toPrecision(2))}${name}`;
}

/** Makes a sentence's beginning of a clause. */
export const capitalized = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;

/** So many clusters are told one by one; of more, only those that gave nothing. */
export const MOST_TOLD = 8;

/** Writes `17 to 20`, or `18` where all are the same. @param numbers - at least one */
export function rangeOf(numbers: readonly number[]): string {
  const least = Math.min(...numbers);
  const most = Math.max(...numbers);
  return least === most ? String(least) : `${least} to ${most}`;
}
