import type { ServerResponse } from 'node:http';
import t from 'tap';
import { LineWriter } from '../../../../harness/simulator/kubernetes/http/line-writer.ts';

/** Keeps what is written to it. */
function client(): { readonly written: (string | Buffer)[]; readonly writer: LineWriter } {
  const written: (string | Buffer)[] = [];
  const response = {
    writableEnded: false,
    writableLength: 0,
    write: (piece: string | Buffer) => written.push(piece),
    end: () => {},
  } as unknown as ServerResponse; // all that a writer asks of it
  return { written, writer: new LineWriter(response) };
}

const textOf = (written: readonly (string | Buffer)[]) => written.map(String).join('');
/** A line of two thousand bytes and more, with a character of two. */
const long = (name: string) => `{"name":"${name}","text":"ü${'x'.repeat(2048)}"}\n`;

t.test('the lines of one turn leave in one piece, and what is left when the answer ends', async t => {
  const { written, writer } = client();
  writer.write('a\n');
  writer.write('b\n');
  t.same(written, []);
  await Promise.resolve();
  t.same(written, ['a\nb\n']);
  writer.write('c\n');
  writer.end();
  t.same(written, ['a\nb\n', 'c\n']);
  await Promise.resolve();
  t.equal(written.length, 2);
});

t.test('many lines are encoded once for all clients that get the same ones', async t => {
  const [one, two, other, fewer] = [client(), client(), client(), client()];
  const lines = ['a', 'b', 'c'].map(long);
  for (const line of lines) for (const { writer } of [one, two]) writer.write(line);
  for (const line of [...lines.slice(0, 2), long('d')]) other.writer.write(line);
  for (const line of lines.slice(0, 2)) fewer.writer.write(line);
  await Promise.resolve();
  t.equal(textOf(one.written), lines.join(''));
  t.equal(two.written[0], one.written[0], 'the same bytes');
  t.equal(textOf(other.written), `${long('a')}${long('b')}${long('d')}`);
  t.equal(textOf(fewer.written), lines.slice(0, 2).join(''));
});
