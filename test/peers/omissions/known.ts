/** Differences between a real istiod and ours that were looked into: rows of docs/parity.md. */

interface Known {
  /** Parts of the titles of the rows in which it is found. */
  readonly rows: RegExp;
  /** The whole difference. */
  readonly difference: RegExp;
}

export const KNOWN: readonly Known[] = [];

export const isKnown = (title: string, difference: string): boolean =>
  KNOWN.some(known => known.rows.test(title) && known.difference.test(difference));
