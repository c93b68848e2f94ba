/** How much of a page's Markdown can be read in a time that a person would wait. */

/**
 * Most units of cost, of about 20 ns on a machine of 2026. The parser takes time in proportion to what people
 * write, but to the square of marks in a paragraph and of what is nested.
 */
const MOST = 2e8;
const PER_CHARACTER = 50;
const PER_LINE = 1_000;
/** Code is taken as it is. */
const PER_CHARACTER_OF_CODE = 10;
const PER_LINE_OF_CODE = 200;
/** An item of a list, or a fence. */
const PER_PART = 5_000;
/** A line within lists has each of them checked. */
const PER_COLUMN_OF_INDENTATION = 800;
/** Times the square of how many there are on one line. */
const PER_NESTED_MARK = 50;

const LINE =
  /([ \t]*)((?:(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*){0,10000})([^\r\n]*)(?:\r\n|\n|\r|$)/y;
const FENCE = /^(?:`{3,}|~{3,})/;

/** Returns up to where Markdown can be read: its length, but for pages that are made to take forever. */
export function readableLength(text: string): number {
  let cost = 0;
  let marks = 0;
  let fence = '';
  for (let at = 0; at < text.length; at = LINE.lastIndex) {
    LINE.lastIndex = at;
    const [line, indentation = '', nesting = '', rest = ''] = LINE.exec(text) ?? ['\n'];
    const mark = FENCE.exec(rest)?.[0] ?? '';
    if (fence !== '') {
      cost += PER_LINE_OF_CODE + line.length * PER_CHARACTER_OF_CODE;
      if (mark.startsWith(fence)) fence = '';
    } else if (mark !== '') {
      fence = mark;
      cost += PER_PART;
    } else {
      if (rest === '' || nesting !== '') marks = 0;
      const more = marks + marksIn(nesting) + marksIn(rest);
      cost += PER_LINE + line.length * PER_CHARACTER + more ** 2 - marks ** 2;
      cost += costOfPlace(indentation, nesting, rest);
      marks = more;
    }
    if (cost > MOST) return at;
  }
  return text.length;
}

function costOfPlace(indentation: string, nesting: string, rest: string): number {
  if (nesting === '' && rest === '') return 0;
  const nested = nesting.replace(/[ \t\d]+/g, '').length;
  const items = nesting === '' ? 0 : PER_PART;
  return items + nested ** 2 * PER_NESTED_MARK + indentation.length * PER_COLUMN_OF_INDENTATION;
}

/** How many characters can begin or end something within a paragraph. */
function marksIn(text: string): number {
  let marks = 0;
  for (let at = 0; at < text.length; at += 1) if ('*_`[]<>'.includes(text.charAt(at))) marks += 1;
  return marks;
}
