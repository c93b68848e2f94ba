/** The schemas that the definitions of custom-resources.ts name, each parsed once. */
import old from './definitions/1.8.json' with { type: 'json' };
import current from './definitions/current.json' with { type: 'json' };

type Schema = Readonly<Record<string, unknown>>;

/** @param source - the module with its version @param plural - of the kind */
export const schemaName = (source: string, plural: string): string => `${source}#${plural}`;

/** Name → the text of a schema. */
const TEXTS: ReadonlyMap<string, string> = new Map(
  [old, current].flatMap(({ source, definitions }) =>
    definitions.map(({ names, schema }) => [schemaName(source, names.plural), schema]),
  ),
);

const made = new Map<string, Schema>();

/**
 * Returns the schema of a name, always the same object.
 * @returns undefined for a name that no definition of ours has
 */
export function schemaNamed(name: string): Schema | undefined {
  const text = TEXTS.get(name);
  if (text === undefined) return undefined;
  const schema = made.get(name) ?? (JSON.parse(text) as Schema); // a cast: the text is that of a schema
  made.set(name, schema);
  return schema;
}
