/** Paths of fields, as errors name them. */

/** Returns the path of a field below another: `spec.ports`. @param path - empty for the object itself */
export const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
