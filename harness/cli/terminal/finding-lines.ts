/** Findings in the text of a guide, for people: the place, the line with a caret below, what would happen. */
import { printable } from '../../base/printable.ts';
import type { Finding, Severity } from '../../guide/lint/finding.ts';
import type { SourceText } from '../../guide/source-text.ts';
import type { Colours } from './screen.ts';
import { fit, NARROWEST, widthOf, wrapped, wrappedLines } from './text-width.ts';

/** Columns for a line of the page where nobody sees a terminal. */
const WIDE = 110;
const TAB_WIDTH = 4;
/** Columns of a long line that are shown before what is pointed at. */
const BEFORE = 20;

/** What the lines are made for. */
interface FindingStyle {
  readonly colours: Colours;
  /** Columns of the terminal; undefined if the text goes elsewhere. */
  readonly width: number | undefined;
}

/** Writes a finding as lines; the first a program may read: `file:line:column: severity rule: …`. */
export function findingLines(
  { rule, severity, place, span, message, wouldHappen, fix }: Finding,
  source: SourceText,
  { colours, width }: FindingStyle,
): readonly string[] {
  const { bold, dim } = colours;
  const columns = Math.max(NARROWEST, width ?? WIDE);
  const paint = painter(severity, colours);
  const number = String(place.line);
  const gutter = ' '.repeat(number.length);
  const { line, pad, mark } = quoted(source, place.line, span, columns - number.length - 5);
  const below = (text: string) =>
    (width === undefined ? [text] : wrapped(text, columns - number.length - 5)).map(
      each => `  ${gutter}   ${each}`,
    );
  const first =
    `${bold(`${printable(place.file)}:${number}:${place.column}`)}: ${paint(severity)} ${bold(rule)}: ` +
    `${printable(message)}`;
  return [
    ...wrappedLines(first, width).split('\n'),
    `  ${dim(`${number} |`)} ${line}`,
    `  ${gutter} ${dim('|')} ${pad}${paint(mark)}`,
    ...below(printable(wouldHappen)),
    ...(fix ? below(printable(`${fix.isSafe ? 'Fix (--fix makes it)' : 'Fix'}: ${fix.description}`)) : []),
  ];
}

const painter = (severity: Severity, { red, yellow, cyan }: Colours) =>
  ({ error: red, warning: yellow, note: cyan })[severity];

/** Cuts a line of the page to a width around what is pointed at, and makes the carets that go below it. */
function quoted(source: SourceText, number: number, span: { start: number; end: number }, width: number) {
  const text = source.line(number);
  const from = source.placeOf(span.start).column - 1;
  const to = Math.max(from + 1, Math.min(from + span.end - span.start, text.length));
  let head = shown(text.slice(0, from));
  if (widthOf(head) > Math.max(BEFORE, width / 2)) head = `…${tailOf(head, BEFORE - 1)}`;
  const line = fit(head + shown(text.slice(from)), width);
  const pad = ' '.repeat(widthOf(head));
  const room = Math.max(1, width - pad.length);
  const mark = '^'.repeat(Math.max(1, Math.min(widthOf(shown(text.slice(from, to))), room)));
  return { line, pad, mark };
}

const shown = (text: string): string => printable(text.replaceAll('\t', ' '.repeat(TAB_WIDTH)));

/** Returns the end of a text, as wide as asked at most. */
function tailOf(text: string, width: number): string {
  const segments = [...new Intl.Segmenter().segment(text.slice(-4 * width))].map(({ segment }) => segment);
  let tail = '';
  for (const segment of segments.reverse()) {
    if (widthOf(segment + tail) > width) break;
    tail = segment + tail;
  }
  return tail;
}

/** Counts findings in a sentence: `2 errors, 1 warning and 3 notes; --fix mends 4 of them.` */
export function summaryLine(findings: readonly Finding[], files: number): string {
  const count = (severity: Severity) => findings.filter(each => each.severity === severity).length;
  const noun = (severity: Severity) => {
    const number = count(severity);
    return `${number} ${severity}${number === 1 ? '' : 's'}`;
  };
  const safe = findings.filter(({ fix }) => fix?.isSafe).length;
  const where = files === 1 ? '' : ` in ${files} files`;
  const mends = safe > 0 ? `; --fix mends ${safe} of them` : '';
  return `${noun('error')}, ${noun('warning')} and ${noun('note')}${where}${mends}.`;
}
