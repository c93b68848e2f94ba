/** Pages that are made to take forever, or to break the reader: they end fast, with a problem where one is due. */
import t from 'tap';
import { readableLength } from '../../../harness/guide/page/markdown/cost.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { isNightly } from '../../support/nightly.ts';
import { HOSTILE_PAGES, MOST_SECONDS } from '../support/hostile-pages.ts';
import { checkPlaces, problemsOf } from './on-page.ts';

for (const [name, text, problem, isRead] of HOSTILE_PAGES) {
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
