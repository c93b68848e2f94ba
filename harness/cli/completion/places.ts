/** The places of a command line where a value stands, with those together that take the same. Pure. */
import type { Completion, Values } from './model.ts';

/** Places that take the same values. */
export interface Place {
  /** `run --platform`; the words of a command alone stand for what comes behind it. */
  readonly keys: readonly string[];
  readonly values: Values;
}

/** Lists the flags that take a value, by what they take. */
export const placesByValues = ({ commands }: Completion): readonly Place[] =>
  together(
    commands.flatMap(({ words, flags }) =>
      flags.flatMap(({ long, short, values }) =>
        values ? [{ keys: namesOf(words, long, short), values }] : [],
      ),
    ),
  );

/** Lists the commands that take words, by what they take. */
export const argumentPlaces = ({ commands }: Completion): readonly Place[] =>
  together(commands.flatMap(({ words, values }) => (values ? [{ keys: [words], values }] : [])));

/** Lists the flags that take one value. */
export const takesOne = (completion: Completion): readonly string[] => takers(completion, false);

/** Lists the flags that take all words up to the next flag. */
export const takesMany = (completion: Completion): readonly string[] => takers(completion, true);

const takers = ({ commands }: Completion, many: boolean): readonly string[] =>
  commands.flatMap(({ words, flags }) =>
    flags
      .filter(({ values, takesMany: isMany }) => values && isMany === many)
      .flatMap(({ long, short }) => namesOf(words, long, short)),
  );

const namesOf = (words: string, long: string, short?: string): readonly string[] =>
  [long, ...(short === undefined ? [] : [short])].map(flag => `${words} ${flag}`);

function together(places: readonly Place[]): readonly Place[] {
  const byValues = new Map<string, Place>();
  for (const { keys, values } of places) {
    const same = JSON.stringify(values);
    byValues.set(same, { keys: [...(byValues.get(same)?.keys ?? []), ...keys], values });
  }
  return [...byValues.values()];
}
