/** A schema as JSON has it, of documents of either version. */

/** Only what is built or looked at here; a custom resource's may have anything. */
export interface Schema {
  readonly [key: string]: unknown;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

/** Changes every value of a map. */
export const mapValues = <Value, Changed>(
  map: Readonly<Record<string, Value>>,
  change: (value: Value) => Changed,
): Record<string, Changed> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
