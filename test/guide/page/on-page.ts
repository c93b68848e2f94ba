/** Small pages for tests, and what was read of them, told short. */
import type { Test } from 'tap';
import type { Page, TabRef } from '../../../harness/guide/page/page.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';

/** Reads a page of these lines. */
export const pageOf = (...lines: readonly string[]): Page => readPage('page.md', lines.join('\n'));

/** `Install/Helm`: the tabs that something stands in. */
const tabNames = (tabs: readonly TabRef[]): string => tabs.map(({ tab }) => tab).join('/');

/** The words of headings or of prose, or the lines of a block. */
export const textsOf = (parts: readonly { readonly text: string }[] = []): readonly string[] =>
  parts.map(({ text }) => text);

/** `bash 3:1 [Helm]: ls | cat`: a block's language, place, tabs and lines. */
export const blocksOf = ({ blocks, source }: Page): readonly string[] =>
  blocks.map(({ language, lines, span, tabs }) => {
    const { line, column } = source.placeOf(span.start);
    const within = tabs.length === 0 ? '' : ` [${tabNames(tabs)}]`;
    return `${language} ${line}:${column}${within}: ${textsOf(lines).join(' | ')}`;
  });

/** `Install/Helm: Do this.`: what is said, behind the tabs that it stands in. */
export const proseOf = ({ prose }: Page): readonly string[] =>
  prose.map(({ text, tabs }) => `${tabNames(tabs)}: ${text}`);

/** `unclosed-shortcode 3:1`. */
export const problemsOf = ({ problems, source }: Page): readonly string[] =>
  problems.map(({ kind, span }) => {
    const { line, column } = source.placeOf(span.start);
    return `${kind} ${line}:${column}`;
  });

/** Places of the page that are none, and lines that are not what stands there. */
export function wrongPlaces(page: Page): readonly unknown[] {
  const { text } = page.source;
  const lines = page.blocks.flatMap(block => block.lines);
  return [
    ...[
      ...[
        page.blocks,
        page.headings,
        page.links,
        page.prose,
        page.includes,
        page.problems,
        page.tabsets,
      ].flat(),
      ...page.tabsets.flatMap(({ tabs }) => tabs),
    ].filter(({ span: { start, end } }) => !(start >= 0 && start <= end && end <= text.length)),
    ...lines.filter(line => text.slice(line.offset, line.offset + line.text.length) !== line.text),
    ...lines.filter(line => /[\r\n]/.test(line.text)),
  ];
}

export function checkPlaces(t: Test, page: Page): void {
  t.same(wrongPlaces(page), []);
}
