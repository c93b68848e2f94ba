/** Edits of a text: which of them go together, and what becomes of the text. */
import type { Edit } from './finding.ts';

/** Makes edits that do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: mended } of [...edits].sort(byPlace)) {
    result += text.slice(at, start) + mended;
    at = end;
  }
  return result + text.slice(at);
}

/**
 * Takes as many of the groups of edits as go together, the first first. A group is taken whole or not at all;
 * edits that another group makes too are made once.
 */
export function compatible(groups: readonly (readonly Edit[])[]): readonly Edit[] {
  const taken = new Map<string, Edit>();
  for (const group of groups) {
    const news = group.filter(edit => !taken.has(keyOf(edit)));
    const others = [...taken.values()];
    if (news.some(edit => others.some(other => clash(edit, other)))) continue;
    for (const edit of news) taken.set(keyOf(edit), edit);
  }
  return [...taken.values()].sort(byPlace);
}

const keyOf = ({ start, end, text }: Edit): string => `${start}-${end} ${text}`;

/** True if the two touch: one that begins where another ends may mean the same place. */
const clash = (one: Edit, other: Edit): boolean => one.start <= other.end && other.start <= one.end;

const byPlace = (one: Edit, other: Edit): number => one.start - other.start || one.end - other.end;
