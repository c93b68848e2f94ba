/** Pages that are made to take forever, or to break the reader: they end fast, with a problem where one is due. */
import t from 'tap';
import { readableLength } from '../../../harness/guide/page/markdown/cost.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { isNightly } from '../../support/nightly.ts';
import { checkPlaces, problemsOf } from './on-page.ts';

/** Sizes of the issue; in `npm test` a part shows the same: time to the square would still be seen. */
const SHARE = isNightly ? 1 : 0.03;
const many = (text: string, count: number): string => text.repeat(Math.ceil(count * SHARE));

/** Seconds that a page may take; on a free machine one of full size takes three at the most. */
const MOST_SECONDS = isNightly ? 10 : 2;

const BLOCK = '{{< text bash >}}\n$ good\n{{< /text >}}\n';

/** A name, a page that ends in a good block, the kind of its first problem, and whether that block is read. */
const PAGES: readonly [string, string, string | undefined, boolean][] = [
  ['beginnings of shortcodes', `${many('{{<', 100_000)}\n\n${BLOCK}`, 'unclosed-shortcode', true],
  ['beginnings with a quote', `${many('{{< a "', 100_000)}\n\n${BLOCK}`, 'unclosed-shortcode', true],
  ['beginnings with a backquote', `${many('{{< a `\n', 100_000)}\n\n${BLOCK}`, 'unclosed-shortcode', true],
  ['comments without an end', `${many('{{</*', 100_000)}\n\n${BLOCK}`, 'unclosed-shortcode', true],
  [
    'blocks without an end',
    `${many('{{< text bash >}}\n\n', 100_000)}\n\n${BLOCK}`,
    'unclosed-shortcode',
    true,
  ],
  ['blocks on one line', `${many('{{< text bash >}}a{{< /text >}}', 100_000)}\n\n${BLOCK}`, undefined, true],
  ['ends without a beginning', `${many('{{< /tip >}}', 100_000)}\n\n${BLOCK}`, 'stray-close', true],
  ['a long argument', `{{< text "${many('a', 10_000_000)}" >}}\n${BLOCK}`, 'unclosed-shortcode', true],
  [
    'nested tabs',
    `${many('{{< tabset >}}{{< tab name=a >}}\n', 10_000)}${BLOCK}`,
    'unclosed-shortcode',
    true,
  ],
  [
    'nested tabs, all closed',
    `${many('{{< tabset >}}{{< tab name=a >}}\n', 10_000)}${BLOCK}${many('{{< /tab >}}{{< /tabset >}}\n', 10_000)}`,
    'too-deep',
    true,
  ],
  [
    'tabs of one set',
    `{{< tabset >}}${many('{{< tab name=a >}}{{< /tab >}}', 100_000)}{{< /tabset >}}\n${BLOCK}`,
    'tab-twice',
    true,
  ],
  [
    'a huge here-document',
    `{{< text bash >}}\n$ cat <<EOF > a\n${many(`${'x'.repeat(63)}\n`, 160_000)}EOF\n{{< /text >}}\n${BLOCK}`,
    undefined,
    true,
  ],
  ['a huge fence', `\`\`\`sh\n${many(`${'x'.repeat(63)}\n`, 160_000)}\`\`\`\n${BLOCK}`, undefined, true],
  ['binary', `${many('{{< text bash >}}\0\x01\x7f\uFFFD', 100_000)}\n${BLOCK}`, 'not-text', false],
  ['bytes that are no UTF-8', `\uFFFD\n\n${BLOCK}`, 'not-text', true],
  ['quotations', `${many('>', 100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['lists on one line', `${'- '.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  [
    'lists in lists',
    `${Array.from({ length: 1000 }, (_, depth) => `${'  '.repeat(depth)}- a\n`).join('')}\n${BLOCK}`,
    'too-long',
    true,
  ],
  ['emphasis', `${'_a*'.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['links', `${'[a]('.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  [
    'code',
    `${Array.from({ length: 700 }, (_, ticks) => '`'.repeat(ticks)).join(' ')}\n\n${BLOCK}`,
    'too-long',
    true,
  ],
  ['definitions', `${'[a]: b\n'.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['HTML', `<div>${'<x y="'.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['comments of HTML', `${'<!--'.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['equal headings', `${many('# a\n', 5_000)}\n${BLOCK}`, undefined, true],
  [
    'MkDocs in MkDocs',
    Array.from({ length: 1000 }, (_, depth) => `${'    '.repeat(depth)}=== "a"\n`).join(''),
    'too-deep',
    false,
  ],
];

for (const [name, text, problem, isRead] of PAGES) {
  t.test(name, async t => {
    if (problem === 'too-long' && !isNightly) {
      // Up to its limit such a page may take seconds. That the limit is found is seen at once.
      t.ok(readableLength(text) < text.length);
      return;
    }
    const startedAt = performance.now();
    const page = readPage('page.md', text);
    const seconds = (performance.now() - startedAt) / 1000;
    t.ok(seconds < MOST_SECONDS, `${seconds} s`);
    t.equal(problemsOf(page)[0]?.split(' ')[0], problem);
    t.ok(page.problems.length <= 100);
    t.equal(
      page.blocks.some(({ lines }) => lines.length === 1 && lines[0]?.text === '$ good'),
      isRead,
    );
    checkPlaces(t, page);
  });
}
