/** Texts in the columns of a terminal: cut, padded, or broken into lines. */
import stringWidth from 'string-width';

/** Cuts a text to a width in columns, by whole characters as people see them. */
export function fit(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const more = stringWidth(segment);
    if (used + more > width - 1) break;
    kept += segment;
    used += more;
  }
  return `${kept}…`;
}

/**
 * Breaks a text into lines of a width in columns. It breaks between words only: a longer word may be
 * something to copy.
 */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
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
    .map(line => (stringWidth(line) <= columns ? line : hanging(line, columns)))
    .join('\n');
}

function hanging(line: string, columns: number): string {
  const lead = /^ */.exec(line)?.[0] ?? '';
  const within = ' '.repeat(Math.min(lead.length, columns / 2) + HANGING);
  const [first = '', ...rest] = wrapped(line.slice(lead.length), columns - within.length);
  return [lead + first, ...rest.map(each => within + each.trimStart())].join('\n');
}

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
  return fitted + ' '.repeat(Math.max(0, width - stringWidth(fitted)));
};
