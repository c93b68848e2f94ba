/** Reads the clusters and networks in a scenario file, even if the rest of the file is invalid. */

/** Tells a mapping of YAML from lists, texts and nothing. */
export const isMapping = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A mapping in one of the lists of a file, and where it stands: `clusters[1]`. */
export interface Entry {
  readonly where: string;
  readonly index: number;
  readonly fields: Record<PropertyKey, unknown>;
}

/** Lists the mappings below a key; whatever else is there, the schema tells. */
export const entriesOf = (content: unknown, key: string): Entry[] => {
  const list = isMapping(content) ? content[key] : undefined;
  return (Array.isArray(list) ? list : []).flatMap((fields: unknown, index) =>
    isMapping(fields) ? [{ where: `${key}[${index}]`, index, fields }] : [],
  );
};

/** Reads a field; undefined if it is no text. */
export const textOf = (entry: Entry, key: string): string | undefined => {
  const value = entry.fields[key];
  return typeof value === 'string' ? value : undefined;
};
