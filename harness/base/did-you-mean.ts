/** Guesses which of the known names somebody meant who typed another. Pure. */

/** More guesses than that are no help. */
const MOST = 3;
/** Edits per letter beyond which two names have nothing in common. */
const FARTHEST = 0.4;
/** Names that are so much farther than the nearest would only be noise. */
const NOISE = 0.04;
/** How near a name is that has the other in it, however long it is. */
const PART = 0.3;

/**
 * Asks for what was meant: `Did you mean multi-primary?`, with the nearest names, three at most.
 * @param asked - a name that is not among the known ones
 * @returns undefined if none is near
 */
export function didYouMean(asked: string, known: readonly string[]): string | undefined {
  const lower = asked.toLowerCase();
  const near = [...new Set(known)]
    .map(name => ({ name, distance: distanceTo(name.toLowerCase(), lower) }))
    .filter(({ distance }) => distance <= FARTHEST)
    .sort((a, b) => a.distance - b.distance);
  const best = near.filter(({ distance }) => distance <= (near[0]?.distance ?? 0) + NOISE).slice(0, MOST);
  const names = best.map(({ name }) => name);
  if (names.length === 0) return undefined;
  const [last] = names.slice(-1);
  return `Did you mean ${names.length === 1 ? last : `${names.slice(0, -1).join(', ')} or ${last}`}?`;
}

/** Returns edits per letter of the longer name, 0 to 1. */
function distanceTo(name: string, asked: string): number {
  if (asked.length >= 3 && name !== asked && name.includes(asked)) return PART;
  return editsBetween(name, asked) / Math.max(name.length, asked.length, 1);
}

/** Counts the letters to insert, delete or replace, and neighbours to swap (optimal string alignment). */
export function editsBetween(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped));
    }
  }
  return at(a.length, b.length);
}
