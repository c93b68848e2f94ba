/** A page with the line ends of Windows has the mistakes of the same page without, and keeps its ends. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { type GuideFile, mend } from '../../../harness/guide/lint/fix.ts';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { OWN_18, OWN_CURRENT } from '../support/pages.ts';

const lintFiles = (files: readonly GuideFile[]) =>
  lint(
    files.map(({ file, text }) => readPage(file, text)),
    '1.8',
  );
const asOnWindows = (text: string): string => text.replaceAll('\n', '\r\n');

for (const page of [OWN_18, OWN_CURRENT]) {
  t.test(page.slice(page.lastIndexOf('/') + 1), async t => {
    const text = readFileSync(page, 'utf8');
    const told = (each: string) =>
      lintFiles([{ file: 'a.md', text: each }]).map(({ place, rule, message }) => ({ place, rule, message }));
    t.same(told(asOnWindows(text)), told(text));
    const mended = (each: string) => mend([{ file: 'a.md', text: each }], lintFiles).files[0]?.text ?? '';
    t.equal(mended(asOnWindows(text)), asOnWindows(mended(text)));
  });
}
