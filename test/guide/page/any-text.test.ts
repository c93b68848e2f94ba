/** Whatever a file holds, it is read: no exception, and each place that is told is one in the file. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { rounds } from '../../support/nightly.ts';
import { wrongPlaces } from './on-page.ts';

/** What pages are made of, and pieces of it. */
const PIECE = fc.oneof(
  fc.constantFrom(
    ...[
      '{{< text bash >}}',
      '{{< /text >}}',
      '{{< tabset >}}',
      '{{< /tabset >}}',
      '{{< tab name="a" >}}',
      '{{< /tab >}}',
    ],
    ...[
      '{{< gloss >}}',
      '{{< /gloss >}}',
      '{{< x a=`b` />}}',
      '{{</* c */>}}',
      '{{<',
      '{{%',
      '>}}',
      '/',
      '"',
      '`',
      '=',
    ],
    ...[
      '\n',
      '\n',
      '\n',
      '\n\n',
      '\r\n',
      '\r',
      '    ',
      '  ',
      '\t',
      '- ',
      '1. ',
      '> ',
      '```',
      '~~~sh\n',
      '# ',
      '===',
      '---\n',
    ],
    ...[
      '=== "a"\n',
      '<TabItem value=a>',
      '</TabItem>',
      '<Tabs>',
      '::: code-group\n',
      ':::\n',
      '[a](b)',
      '[c]: d',
      '<h2>',
      '</h2>',
    ],
    ...[
      '<a href="',
      '<!--',
      '-->',
      '{#id}',
      '$ ls',
      'words',
      '\uE000',
      '\uFEFF',
      '\uFFFD',
      '😀',
      '*',
      '_',
      '+++\n',
    ],
  ),
  fc.string({ maxLength: 5 }),
);
const ANY_TEXT = fc.oneof(
  fc.array(PIECE, { maxLength: 60 }).map(pieces => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 100 }),
);

t.test('any text is read, and all places are in it', async t => {
  const readsIt = fc.property(ANY_TEXT, text => assert.deepEqual(wrongPlaces(readPage('page.md', text)), []));
  t.doesNotThrow(() => fc.assert(readsIt, { numRuns: rounds(20_000, { daily: 500 }), seed: 19 }));
});

/** What does not depend on the line ends. */
function told(text: string) {
  const { blocks, headings, tabsets, problems } = readPage('page.md', text);
  return {
    blocks: blocks.map(({ lines, language, tabs, section }) => [
      language,
      lines.map(line => line.text),
      tabs,
      section,
    ]),
    headings: headings.map(({ text: words, anchor }) => [words, anchor]),
    tabs: tabsets.map(({ tabs }) => tabs.map(({ name }) => name)),
    problems: problems.map(({ kind }) => kind),
  };
}

t.test('a page is read the same with the line ends of Windows', async t => {
  const isTheSame = fc.property(ANY_TEXT, any => {
    const text = any.replaceAll('\r', '');
    assert.deepEqual(told(text.replaceAll('\n', '\r\n')), told(text));
  });
  t.doesNotThrow(() => fc.assert(isTheSame, { numRuns: rounds(20_000, { daily: 300 }), seed: 19 }));
});
