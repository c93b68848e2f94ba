/** Findings for people: the line of the page, cut to the terminal, with carets below what is meant. */
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import t from 'tap';
import { findingLines, summaryLine } from '../../../harness/cli/terminal/finding-lines.ts';
import type { Finding } from '../../../harness/guide/lint/finding.ts';
import { SourceText } from '../../../harness/guide/source-text.ts';

const colours = picocolors.createColors(false);

function linesFor(
  text: string,
  part: string,
  width?: number,
  more: Partial<Finding> = {},
): readonly string[] {
  const source = new SourceText('a.md', text);
  const start = text.indexOf(part);
  const span = { start, end: start + part.length };
  const finding: Finding = {
    ...{ rule: 'r', severity: 'error', place: source.placeOf(start), span, message: 'M.', wouldHappen: 'W.' },
    ...more,
  };
  return findingLines(finding, source, { colours, width });
}

t.test('the place, the line, carets, and what would happen', async t => {
  const fix = { description: 'Do it.', edits: [], isSafe: true };
  t.same(linesFor('one\n$ two three\n', 'three', undefined, { fix }), [
    'a.md:2:7: error r: M.',
    '  2 | $ two three',
    '    |       ^^^^^',
    '      W.',
    '      Fix (--fix makes it): Do it.',
  ]);
});

t.test('the first line is broken at the width of the terminal, too', async t => {
  const message = 'a word '.repeat(20).trim();
  const lines = linesFor('one\n$ two\n', 'two', 40, { message });
  const first = lines.slice(
    0,
    lines.findIndex(line => line.startsWith('  2 |')),
  );
  t.ok(first.length > 1 && lines.every(line => stringWidth(line) <= 40), lines.join('\n'));
  t.equal(first.map(line => line.trim()).join(' '), `a.md:2:3: error r: ${message}`);
  t.same(linesFor('one\n$ two\n', 'two', undefined, { message })[0], `a.md:2:3: error r: ${message}`);
});

t.test('carets stand below what they mean: behind tabs, wide letters and controls', async t => {
  for (const head of ['\t', 'a\tb', '漢字', '😀', '\u001b[31m', 'e\u0301']) {
    const [, line = '', mark = ''] = linesFor(`${head}xyz tail`, 'xyz');
    t.equal(
      stringWidth(mark.slice(0, mark.indexOf('^'))),
      stringWidth(line.slice(0, line.indexOf('xyz'))),
      head,
    );
    t.notMatch(line, /\p{Cc}/u, 'no control');
  }
});

t.test('a long line is cut around what is meant, to the width of the terminal', async t => {
  const text = `${'a'.repeat(500)} NEEDLE ${'b'.repeat(500)}`;
  for (const width of [1, 40, 80]) {
    const [, line = '', mark = ''] = linesFor(text, 'NEEDLE', width);
    t.ok(stringWidth(line) <= Math.max(40, width), `${width}: ${stringWidth(line)}`);
    t.equal(mark.indexOf('^'), line.indexOf('NEEDLE'));
  }
  const [, all = '', marks = ''] = linesFor('c'.repeat(300), 'c'.repeat(300), 60);
  t.ok(stringWidth(all) <= 60 && stringWidth(marks) <= 60, 'carets end with the line');
});

t.test('what stands over several lines is marked on its first', async t => {
  const [, , mark = ''] = linesFor('one two\nthree', 'two\nthree');
  t.equal(mark, '    |     ^^^');
});

t.test('the sum says how much --fix mends', async t => {
  t.equal(summaryLine([], 2), '0 errors, 0 warnings and 0 notes in 2 files.');
});
