import t from 'tap';
import { LineReader } from '../../harness/base/lines.ts';

const readAll = (chunks: readonly string[], separator?: RegExp) => {
  const reader = new LineReader(separator);
  const lines = chunks.flatMap(chunk => reader.push(chunk));
  return { lines, rest: reader.rest };
};

const cases: {
  readonly name: string;
  readonly chunks: readonly string[];
  readonly separator?: RegExp;
  readonly lines: readonly string[];
  readonly rest: string;
}[] = [
  { name: 'a chunk of whole lines', chunks: ['a\nb\n'], lines: ['a', 'b'], rest: '' },
  { name: 'a line in three chunks', chunks: ['on', 'e', ' line\nnext'], lines: ['one line'], rest: 'next' },
  { name: 'a break that comes alone', chunks: ['a', '\n', 'b'], lines: ['a'], rest: 'b' },
  { name: 'empty lines', chunks: ['\n\na\n', '\n'], lines: ['', '', 'a', ''], rest: '' },
  { name: 'an empty chunk', chunks: ['a', '', 'b\n'], lines: ['ab'], rest: '' },
  { name: 'carriage returns without a separator of their own', chunks: ['a\r\n'], lines: ['a\r'], rest: '' },
  {
    name: 'any kind of line break',
    chunks: ['a\r\nb\rc', '\nd'],
    separator: /\r?\n|\r/,
    lines: ['a', 'b', 'c'],
    rest: 'd',
  },
  {
    name: 'a break of two characters in two chunks, which ends two lines',
    chunks: ['a\r', '\nb\n'],
    separator: /\r?\n|\r/,
    lines: ['a', '', 'b'],
    rest: '',
  },
];
for (const { name, chunks, separator, lines, rest } of cases) {
  t.test(`cuts ${name}`, async t => t.same(readAll(chunks, separator), { lines, rest }));
}

t.test('hands out the unfinished line at the end, once', async t => {
  const reader = new LineReader();
  reader.push('whole\nunfinished');
  t.equal(reader.end(), 'unfinished');
  t.equal(reader.end(), '');
  t.same(reader.push('next\n'), ['next']);
});
