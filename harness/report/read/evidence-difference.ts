/** Tells whether two pieces of evidence say the same, whatever differs from run to run. Pure. */
import type { Evidence } from '../../verify/check.ts';

/** What a run has of its own: names that Kubernetes makes up, addresses, digests, times, numbers. */
const OF_A_RUN: readonly (readonly [pattern: RegExp, sign: string])[] = [
  [/\b[0-9a-f]{40,}\b/gi, '<digest>'],
  [/(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}/gi, '<digest>'],
  [/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?/g, '<time>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  [/-[0-9a-f]{6,10}-[a-z0-9]{5}\b/g, '-<pod>'],
  [/\d+(?:\.\d+)?/g, '<number>'],
];

/**
 * Finds where two pieces of evidence differ by more than a run has of its own.
 * @returns the first place (`pods[0]`) with both values; undefined if they say the same
 */
export function evidenceDifference(
  before: Evidence,
  after: Evidence,
  place = '',
): { readonly place: string; readonly before: string; readonly after: string } | undefined {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const name of names) {
      const at = Array.isArray(before) ? `${place}[${name}]` : place === '' ? name : `${place}.${name}`;
      const found = evidenceDifference(childOf(before, name), childOf(after, name), at);
      if (found) return found;
    }
    return undefined;
  }
  const [one, other] = [shown(before), shown(after)];
  return withoutRun(one) === withoutRun(other) ? undefined : { place, before: one, after: other };
}

type Tree = Exclude<Evidence, string | number | boolean | null>;
const isTree = (value: Evidence): value is Tree => typeof value === 'object' && value !== null;

const childOf = (tree: Tree, name: string): Evidence =>
  (tree as { readonly [key: string]: Evidence | undefined })[name] ?? null;

const shown = (value: Evidence): string => (typeof value === 'string' ? value : JSON.stringify(value));

const withoutRun = (text: string): string =>
  OF_A_RUN.reduce((left, [pattern, sign]) => left.replace(pattern, sign), text);
