import t from 'tap';
import { parseTranscript, settle } from './transcript.ts';

t.test('a transcript is read command by command', async t => {
  const text =
    '# a remark\n$ first \\\n  goes on\nout\n\n  more\n! oops\n[exit 3]\n$ second\n\\# no remark\n\n# the end\n';
  t.same(parseTranscript(text), [
    { command: 'first goes on', line: 2, stdout: 'out\n\n  more', stderr: 'oops', code: 3 },
    { command: 'second', line: 9, stdout: '# no remark', stderr: '', code: 0 },
  ]);
  t.throws(() => parseTranscript('output of nobody\n'), SyntaxError);
});

const rows: readonly (readonly [name: string, expected: string, actual: string, agrees: boolean])[] = [
  ['the same', 'a\nb', 'a\nb\n', true],
  ['what is left open', 'x-<hash> <age> <ip>', 'x-7f9c 2m3s 10.0.0.1', true],
  ['other widths of columns', 'NAME   AGE\na      <age>', 'NAME       AGE\na          10s', true],
  ['blanks at the end', 'a', 'a   ', true],
  ['any number of lines', 'a\n…\nz', 'a\nb\nc\nz', true],
  ['no lines at all', 'a\n…', 'a', true],
  ['another word', 'a b', 'a c', false],
  ['one blank for two', 'a  b', 'a b', false],
  ['no age', '<age>', 'old', false],
  ['a line more', 'a', 'a\nb', false],
  ['a line less', 'a\nb', 'a', false],
  ['a line less in the middle', 'a\nb\nc', 'a\nc', false],
  ['another order', 'a\nb', 'b\na', false],
  ['an end that is missing', 'a\n…\nz', 'a\nb', false],
  ['something where nothing is expected', '', 'a', false],
  ['nothing where something is expected', 'a', '', false],
  ['signs that mean something in patterns', 'a.c (x) [y] $', 'abc (x) [y] $', false],
];
for (const [name, expected, actual, agrees] of rows) {
  t.test(`${agrees ? 'agrees' : 'differs'}: ${name}`, async t => {
    t.equal(settle(actual, expected) === expected, agrees);
  });
}
