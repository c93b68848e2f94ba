/** Paths of fields, as errors name them. */

export const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
