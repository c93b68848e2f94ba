/** Whole guides are read: ours in fixtures/guides/, and the guide of 2020 if MESH_HARNESS_GUIDE_PAGE names it. */
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { GUIDE_18 } from '../support/pages.ts';
import { checkPlaces, textsOf } from './on-page.ts';

const OURS = new URL('../../../fixtures/guides/', import.meta.url);

/** What stands between lines with the marks of blocks, found without any reader. */
function linesBetweenMarks(text: string): readonly (readonly string[])[] {
  const blocks: string[][] = [];
  let open: string[] | undefined;
  let indentation = 0;
  for (const line of text.split('\n')) {
    const mark = /^ *(?=\{\{< text )/.exec(line);
    if (mark) {
      indentation = mark[0].length;
      open = [];
      blocks.push(open);
    } else if (line.trim() === '{{< /text >}}') open = undefined;
    else open?.push(line.slice(indentation));
  }
  return blocks;
}

function checkGuideOf2020(t: Test, file: string | URL): void {
  const page = readPage('guide.md', readFileSync(file, 'utf8'));
  t.same(page.problems, []);
  checkPlaces(t, page);
  t.same(
    page.blocks.map(({ lines }) => textsOf(lines)),
    linesBetweenMarks(page.source.text),
  );
  t.equal(page.frontMatter['test'], 'yes');
  const [install] = page.tabsets;
  t.equal(page.tabsets.length, 1);
  t.same(
    install?.tabs.map(({ name, value }) => [
      value,
      page.blocks.filter(({ tabs }) => tabs.some(({ tab }) => tab === name)).length,
    ]),
    [
      ['multi-primary', 4],
      ['multi-primary-multi-network', 8],
      ['primary-remote', 6],
      ['primary-remote-multi-network', 9],
    ],
  );
  t.equal(page.headings.length, 22);
  t.ok(page.blocks.every(({ section }) => section.length > 0));
}

t.test('our guide with the commands of 2020', async t =>
  checkGuideOf2020(t, new URL('multicluster-1.8.md', OURS)),
);

t.test(
  'the guide of 2020',
  { skip: GUIDE_18 === undefined && 'MESH_HARNESS_GUIDE_PAGE names no page' },
  async t => checkGuideOf2020(t, GUIDE_18 ?? ''),
);

t.test('our guide of today: a set of tabs for each cluster', async t => {
  const page = readPage('guide.md', readFileSync(new URL('primary-remote-current.md', OURS), 'utf8'));
  t.same([page.problems, page.tabsets.length, page.includes.length], [[], 4, 1]);
  t.same(
    page.blocks.map(({ lines }) => textsOf(lines)),
    linesBetweenMarks(page.source.text),
  );
  t.ok(page.tabsets.every(({ tabs }) => tabs.map(({ value }) => value).join() === 'iop,helm'));
});
