/** Lines of lists at the width of a terminal. */
import stringWidth from 'string-width';
import t from 'tap';
import { columnsOf, wrappedLines } from '../../../harness/cli/terminal/text-width.ts';

t.test('long lines are broken between words, and hang below their beginning', async t => {
  const text = `head\n\n  1   id   ${'word '.repeat(15).trim()}\n`;
  t.equal(wrappedLines(text, undefined), text, 'as they are where nobody sees a terminal');
  t.equal(wrappedLines(text, 200), text);
  const lines = wrappedLines(text, 40).split('\n');
  t.ok(lines.length > 4 && lines.every(line => stringWidth(line) <= 40), lines.join('\n'));
  t.match(lines[3], /^ {11}word/, 'below its last column');
  t.equal(
    lines
      .map(line => line.trim())
      .join(' ')
      .match(/word/g)?.length,
    15,
    'no word is lost',
  );
});

t.test('only a terminal has a width', async t => {
  t.equal(columnsOf({ isTTY: true, columns: 80 }), 80);
  t.equal(columnsOf({ columns: 80 }), undefined);
});

t.test('lines for a shell stay whole', async t => {
  const text = `export KUBECONFIG=${'/folder'.repeat(9)}/kubeconfig\nexport PATH='/a folder/of mine':"$PATH"\n`;
  t.equal(wrappedLines(text, 40), text);
});
