/** The names that objects of a revision have beside those of others. */

/**
 * Returns the name of an object of a control plane: `istiod-canary` for `istiod`, and for
 * `istio-reader-istio-system` `istio-reader-canary-istio-system`.
 */
export function revised(name: string, revision: string): string {
  if (revision === 'default') return name;
  const [, own = name, namespace = ''] = /^(.+?)(-istio-system)?$/.exec(name) ?? [];
  return `${own}-${revision}${namespace}`;
}
