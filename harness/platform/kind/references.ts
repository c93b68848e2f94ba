/** References to images: `name:tag@sha256:…`, in parts. */

/** A reference without its digest; as it is if it has none. */
export const withoutDigest = (reference: string): string => reference.replace(/@sha256:[0-9a-f]+$/, '');

/** True if a reference names one image for ever. */
export const hasDigest = (reference: string): boolean => withoutDigest(reference) !== reference;

/** True if a reference has a tag, beside a digest or alone; a port of the registry is none. */
export const hasTag = (reference: string): boolean => /:[^/:@]+$/.test(withoutDigest(reference));

/**
 * Returns the whole form of a reference, as nodes know it (distribution/reference normalize.go):
 * `curlimages/curl` → `docker.io/curlimages/curl:latest`.
 */
export function wholeReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? reference : `docker.io/${rest.length === 0 ? 'library/' : ''}${reference}`;
  return hasTag(path) || hasDigest(path) ? path : `${path}:latest`;
}
