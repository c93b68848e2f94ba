/** Finds what somebody may have meant by a name that is not known. */

/** Counts the letters to insert, remove, replace or swap until one word is the other. */
function distance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const at = (r: number, c: number) => (r === i ? row : rows[r])?.[c] ?? 0;
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (isSame ? 0 : 1),
          ...(isSwapped ? [at(i - 2, j - 2) + 1] : []),
        ),
      );
    }
    rows.push(row);
  }
  return rows[one.length]?.[other.length] ?? 0;
}

/**
 * Returns the known name that is most like the one asked for: at most a third of its letters differ, or one
 * is part of the other.
 * @returns undefined if none is like it
 */
export function likeliest(asked: string, known: readonly string[]): string | undefined {
  const word = asked.toLowerCase();
  const ranked = known
    .map(name => ({ name, letters: distance(word, name.toLowerCase()) }))
    .sort((one, other) => one.letters - other.letters);
  const [first] = ranked;
  if (first && first.letters <= Math.max(1, Math.floor(first.name.length / 3))) return first.name;
  return word.length < 3 ? undefined : ranked.find(({ name }) => name.toLowerCase().includes(word))?.name;
}
