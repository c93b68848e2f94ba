/** Values of YAML and JSON that nobody has checked: how to read them, whatever they are. */

/** An object with any fields. */
export type Tree = Readonly<Record<string, unknown>>;

/** Takes anything but an object or a list for an empty object. */
export const tree = (value: unknown): Tree =>
  typeof value === 'object' && value !== null ? (value as Tree) : {};

/** Takes anything but a list for an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Returns the items of a list, each as an object. */
export const trees = (value: unknown): readonly Tree[] => list(value).map(tree);

/** Tells an object from a list, a scalar and nothing. */
export const isObject = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
