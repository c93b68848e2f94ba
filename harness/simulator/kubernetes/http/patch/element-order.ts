/** The order of the elements of a list after a strategic merge patch. */
import { equal, isObject } from '../../registry/json.ts';

/**
 * Orders the elements of a merged list (apimachinery pkg/util/strategicpatch/patch.go,
 * normalizeElementOrder): those which the order names come in that order; the others keep their place
 * relative to what stood before them.
 * @param order - of the patch; one that has none names its own elements
 * @param patchKey - undefined for primitives
 */
export function inOrder(
  elements: readonly unknown[],
  order: readonly unknown[],
  patchKey: string | undefined,
  original: readonly unknown[],
): unknown[] {
  const identity = (element: unknown) =>
    patchKey !== undefined && isObject(element) ? element[patchKey] : element;
  const rank = (element: unknown) => order.findIndex(other => equal(identity(other), identity(element)));
  const ordered = elements.filter(element => rank(element) >= 0).sort((a, b) => rank(a) - rank(b));
  const others = elements.filter(element => rank(element) < 0);
  if (others.length === 0) return ordered;
  // Elements that only the server has are put behind the element after which they stood.
  const positions = (element: unknown) =>
    original.findIndex(other => equal(identity(other), identity(element)));
  const result: unknown[] = [];
  let next = 0;
  for (const element of ordered) {
    const own = positions(element);
    while (
      next < others.length &&
      own >= 0 &&
      positions(others[next]) >= 0 &&
      positions(others[next]) < own
    ) {
      result.push(others[next++]);
    }
    result.push(element);
  }
  return [...result, ...others.slice(next)];
}
