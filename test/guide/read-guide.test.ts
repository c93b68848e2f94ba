/** From files to a plan: what is told before anything is planned. */
import t from 'tap';
import { HarnessError } from '../../harness/base/errors.ts';
import { readGuide } from '../../harness/guide/read-guide.ts';

/** The message of the refusal of a page. */
function refusalOf(text: string): string {
  try {
    readGuide({ files: [{ file: 'a.md', text }], tabs: [], edition: '1.8', isAsPrinted: false });
    return 'none';
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

t.test('a page that is broken is no guide', async t => {
  const rows: readonly [string, RegExp][] = [
    ['\u0000\u0001', /^ERR_INVALID_GUIDE: The page is broken:\n {2}a\.md:1:1: This is no text/],
    [
      '# A\n\n{{< text bash >}}\n$ kubectl get pods\n',
      /\n {2}a\.md:3:1: The shortcode "text" is never closed/,
    ],
    ['{{< /tip >}}\n'.repeat(500), /^(?:[^\n]*\n){3,25}[^\n]*$/],
  ];
  for (const [text, wanted] of rows) t.match(refusalOf(text), wanted);
});
