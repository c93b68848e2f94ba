/** The changes between two reports, for people, for programs, and as Markdown. Pure. */
import { CHANGE_KINDS, type Change, type ChangeKind, isWorse } from './diff.ts';

/** Says in a sentence what the changes come to: `2 new failures, 1 mended.` */
export function changesSentence(changes: readonly Change[]): string {
  if (changes.length === 0) return 'Nothing has changed.';
  const counts = kindsIn(changes).map(
    kind => `${changesOf(changes, kind).length} ${kind.replaceAll('-', ' ')}`,
  );
  return `${changes.some(isWorse) ? 'Worse' : 'Not worse'}: ${counts.join(', ')}.`;
}

/** Returns the changes of one kind. */
export const changesOf = (changes: readonly Change[], kind: ChangeKind): readonly Change[] =>
  changes.filter(each => each.kind === kind);

/** Returns the kinds that occur, what is worse first. */
export const kindsIn = (changes: readonly Change[]): readonly ChangeKind[] =>
  (Object.keys(CHANGE_KINDS) as ChangeKind[]).filter(kind => changesOf(changes, kind).length > 0);

/** Names what has changed: `multi-primary (simulator, edition 1.8): check cluster1-workloads-ready`. */
export const subjectOf = ({ scenario, where, part, id }: Change): string =>
  `${scenario} (${where})${part === 'scenario' ? '' : `: ${part} ${id ?? ''}`}`;

/** Writes changes as Markdown: a heading for each kind, a row for each change. */
export function changesAsMarkdown(changes: readonly Change[]): string {
  const sections = kindsIn(changes).flatMap(kind => [
    '',
    `## ${kind.replaceAll('-', ' ')}: ${CHANGE_KINDS[kind].sentence}`,
    '',
    '| what | before | now |',
    '| --- | --- | --- |',
    ...changesOf(changes, kind).map(
      change => `| ${cell(subjectOf(change))} | ${cell(change.before)} | ${cell(change.after)} |`,
    ),
  ]);
  return `${[`# ${changesSentence(changes)}`, ...sections].join('\n')}\n`;
}

const cell = (text: string): string => text.replace(/[\\|<>*_`[\]]/g, '\\$&').replace(/\s+/g, ' ');

/** Writes changes as JSON: `{ isWorse, changes: [{ kind, scenario, where, part, id?, before, after }] }`. */
export const changesAsJson = (changes: readonly Change[]): string =>
  `${JSON.stringify({ isWorse: changes.some(isWorse), changes }, null, 2)}\n`;
