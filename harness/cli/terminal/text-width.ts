/** Texts in the columns of a terminal: cut, padded, or broken into lines. */
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { keepCommands, withBlanks } from './unbroken.ts';

/** What most texts are made of, each a column wide. */
const PLAIN = /^[ -~]*$/;

/** Returns the columns that a text takes; colours take none. */
export const widthOf = (text: string): number => (PLAIN.test(text) ? text.length : stringWidth(text));

/** Cuts a text to a width in columns, by whole characters as people see them. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const more = widthOf(segment);
    if (used + more > width - 1) break;
    kept += segment;
    used += more;
  }
  return `${kept}…`;
}

/** Cuts a text to a width in columns behind a whole word, if one fits. */
export function fitWords(text: string, width: number): string {
  const cut = fit(text, width);
  const end = cut === text ? -1 : cut.lastIndexOf(' ');
  return end > 0 && cut.slice(0, end).trim() !== '' ? `${cut.slice(0, end).trimEnd()}…` : cut;
}

/**
 * Breaks a text into lines of a width in columns. It breaks between words only: a longer word may be
 * something to copy, and so may a command in the text.
 */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of keepCommands(text).split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(withBlanks(word)) > width) {
      lines.push(line);
      line = withBlanks(word);
    } else line = line === '' ? withBlanks(word) : `${line} ${withBlanks(word)}`;
  }
  return [...lines, line];
}

/** How much farther in than its beginning the rest of a long line stands. */
const HANGING = 4;
/** A terminal that is narrower than this is taken to be so wide. */
export const NARROWEST = 40;

/** Breaks the lines of a text at a terminal's width; undefined: as they are. */
export function wrappedLines(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  const columns = Math.max(NARROWEST, width);
  return text
    .split('\n')
    .map(line => (widthOf(line) <= columns ? line : hanging(line, columns)))
    .join('\n');
}

/** Breaks a line; what follows hangs below its last column that is not too far in. */
function hanging(line: string, columns: number): string {
  const lead = /^ */.exec(line)?.[0] ?? '';
  const within = hangOf(line, lead.length, columns);
  // The first line has the room of its lead more.
  const [first = '', ...rest] = wrapped(line.slice(lead.length), columns - lead.length);
  const others = wrapped(rest.join(' ').trimStart(), columns - within);
  const below = rest.length > 0 ? others.map(each => hung(each.trimStart(), within, columns)) : [];
  return [hung(first.trimEnd(), lead.length, columns), ...below].join('\n');
}

/**
 * Puts a text so far in, in columns. One for which there is no room there goes farther out, before the
 * terminal breaks it.
 */
export const hung = (text: string, farIn: number, columns: number): string =>
  ' '.repeat(Math.max(0, Math.min(farIn, columns - widthOf(text)))) + text;

function hangOf(line: string, lead: number, columns: number): number {
  const ends = [...plainOf(line).matchAll(/(?<=\S) {2,}(?=\S)/g)].map(
    ({ index, 0: gap }) => widthOf(plainOf(line).slice(0, index)) + gap.length,
  );
  const column = ends.findLast(end => end <= columns / 2);
  return column ?? Math.min(lead, columns / 2) + HANGING;
}

const plainOf = (painted: string): string => stripVTControlCharacters(painted);

/** Returns the columns of the terminal that is written to; undefined if it goes elsewhere. */
export const columnsOf = ({
  isTTY,
  columns,
}: {
  readonly isTTY?: boolean;
  readonly columns?: number;
}): number | undefined => (isTTY ? columns : undefined);

/** Cuts a text to a width in columns, or pads it with blanks at its end. */
export const cell = (text: string, width: number) => {
  const fitted = fit(text, width);
  return fitted + ' '.repeat(Math.max(0, width - widthOf(fitted)));
};
