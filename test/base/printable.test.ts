import t from 'tap';
import { allPrintable, forTerminal, printable, shortened } from '../../harness/base/printable.ts';

t.test('control characters are shown as escapes', async t => {
  const rows: readonly (readonly [text: string, shown: string])[] = [
    ['plain: ✓ ä 日本 😀', 'plain: ✓ ä 日本 😀'],
    ['one\n\ttwo', 'one\n\ttwo'],
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
    ['over\rwritten', 'over\\rwritten'],
    ['\0\x7f\x9b', '\\x00\\x7f\\x9b'],
    ['a\u202eb\u2066c\u2028d', 'a\\u202eb\\u2066c\\u2028d'],
    ['\ud800x', '\\ud800x'],
  ];
  for (const [text, shown] of rows) t.equal(printable(text), shown);
});

t.test('a value keeps its shape, and stays itself where nothing has to change', async t => {
  const fine = { a: ['b', 1, null], c: { d: true } };
  t.equal(allPrintable(fine), fine);
  t.same(allPrintable({ a: ['\x1b', { b: 'x\x07' }], c: fine }), { a: ['\\x1b', { b: 'x\\x07' }], c: fine });
});

t.test('long texts lose their middle', async t => {
  t.equal(shortened('abc', 3), 'abc');
  t.equal(shortened('abcdefghij', 4), 'ab… (6 characters) …ij');
  t.ok(shortened('x'.repeat(1 << 20)).length < 250);
});

t.test('a message for a terminal keeps its lines, each of moderate length', async t => {
  const emoji = '\u{1f600}'.repeat(3000);
  const [first = '', second, third = ''] = forTerminal(`a${emoji}\nb\x07\n${'c'.repeat(9000)}`).split('\n');
  t.equal(second, 'b\\x07');
  t.match(forTerminal(`${'d'.repeat(9000)}: too long, ${'d'.repeat(9000)}`), 'd: too long, d');
  t.equal(printable(first), first, 'no half of a pair');
  t.ok(first.length < 2100 && third.length < 2100);
});
