import t from 'tap';
import { standardOutput } from '../../../harness/simulator/images/standard-output.ts';

/** What comes out at each write and at the end, for what is written. */
function pieces(isTerminal: boolean, written: readonly string[]): string[] {
  const out: string[] = [];
  const output = standardOutput({ isTerminal, stdout: text => out.push(text) });
  for (const text of written) output.write(text);
  output.flush();
  output.flush();
  return out;
}

t.test('a pipe gets pieces of a kilobyte or more, and the rest at the end', async t => {
  const line = `${'x'.repeat(399)}\n`;
  t.same(pieces(false, [line, line, line, line]), [line + line + line, line]);
  t.same(pieces(false, []), []);
});

t.test('a terminal sees everything at once', async t => {
  t.same(pieces(true, ['a\n', 'b']), ['a\n', 'b']);
});
