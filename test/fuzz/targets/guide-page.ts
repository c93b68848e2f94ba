/** Pages of a guide: whatever they hold, they are read, linted, mended and planned, or refused in words. */
import { readFileSync } from 'node:fs';
import fc, { type Arbitrary } from 'fast-check';
import picocolors from 'picocolors';
import { forTerminal } from '../../../harness/base/printable.ts';
import { findingLines } from '../../../harness/cli/terminal/finding-lines.ts';
import type { View } from '../../../harness/guide/follow/trace.ts';
import { viewsOf } from '../../../harness/guide/follow/views.ts';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { findingsForGithub } from '../../../harness/guide/lint/print/github.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { readGuide } from '../../../harness/guide/read-guide.ts';
import type { EditionName } from '../../../harness/model/east-west-gateway.ts';
import { printList } from '../../../harness/plan/print/list.ts';
import { changedText, rawText } from '../inputs/mutate.ts';
import { oddText } from '../inputs/values.ts';
import { assertTold, refusalOf, target } from '../target.ts';

/** Lines of blocks, as guides have them, and what bash makes difficult. */
const LINE: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '$ export CTX=cluster1',
      '$ A=1 B="$A" kubectl get pods --context="$CTX" \\',
      '    -n istio-system -o json',
    ],
    ...[
      '$ cat <<EOF > ./a.yaml',
      "$ kubectl apply -f - <<'EOF'",
      'EOF',
      'apiVersion: v1',
      'kind: Service',
      'metadata: {name: A_b}',
    ],
    ...[
      '$ istioctl install -f a.yaml -y',
      '$ istioctl x create-remote-secret --name=c | kubectl apply -f -',
      '$ helm install a b --set x=y',
    ],
    ...[
      '$ kubectl create namespace sample && kubectl label namespace sample a=b',
      '$ kubectl delete ns sample --context=$CTX',
    ],
    ...[
      '$ export IP=$(kubectl get svc x -o jsonpath="{.status.a[0].ip}")',
      '$ echo "${IP:-$(cat <<E',
      'x',
      'E',
      ')}"',
      '$ for i in 1 2; do ls; done',
    ],
    ...[
      '$ ls 2>/dev/null >> a.txt; cat < a.txt',
      '# a comment',
      'NAME   READY',
      'pod-1  2/2',
      '$ curl -s "$A:80" | grep -o "v[12]"',
      '> more',
    ],
    ...[
      '$ echo `date`',
      "$ echo 'a",
      "b'",
      '$ (cd samples; ls)',
      '$ if true; then',
      'fi',
      '$ samples/multicluster/gen-eastwest-gateway.sh | \\',
    ],
  ),
  oddText,
);
const WORDS: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'Words with `code` and [a link](#a-heading).',
    '## A heading {#a}',
    '<h3>HTML</h3>',
    '1. item',
    '> quoted',
    '    code',
  ),
  fc.constantFrom(
    '{{< boilerplate a >}}',
    '{{< tip >}}Wait until `x` runs.{{< /tip >}}',
    '[b]: /c',
    '---',
    '{{</* c */>}}',
    '=== "Tab"',
  ),
  oddText,
);
const inBlock = (lines: readonly string[], language: string): readonly string[] => [
  `{{< text ${language} >}}`,
  ...lines,
  '{{< /text >}}',
  '',
];
const fenced = (lines: readonly string[]): readonly string[] => ['```bash', ...lines, '```'];

const SECTION: Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.array(LINE, { maxLength: 6 }), fc.constantFrom('bash', 'yaml', 'plain'))
      .map(([lines, language]) => inBlock(lines, language)),
  },
  { weight: 1, arbitrary: fc.array(LINE, { maxLength: 4 }).map(fenced) },
  { weight: 1, arbitrary: fc.array(WORDS, { minLength: 1, maxLength: 3 }) },
);
const inTabs = (tabs: readonly (readonly string[])[], category: string): readonly string[] => [
  `{{< tabset category-name="${category}" >}}`,
  ...tabs.flatMap((lines, index) => [
    `{{< tab name="Tab ${index}" category-value="t${index}" >}}`,
    ...lines,
    '{{< /tab >}}',
  ]),
  '{{< /tabset >}}',
];
const PAGE: Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: SECTION },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.array(SECTION, { maxLength: 3 }), fc.constantFrom('a', 'b'))
          .map(([tabs, name]) => inTabs(tabs, name)),
      },
    ),
    { maxLength: 6 },
  )
  .map(sections => ['---', 'title: A', '---', ...sections.flat()].join('\n'));

/** The blocks of our guide that a reader comes by who follows its first tab. */
const WHOLE: readonly string[] = (() => {
  const file = new URL('../../../fixtures/guides/multicluster-1.8.md', import.meta.url);
  const { blocks, source, tabsets } = readPage('guide.md', readFileSync(file, 'utf8'));
  const first = tabsets[0]?.tabs[0]?.name;
  return blocks
    .filter(({ tabs }) => tabs.every(({ tab }) => tab === first))
    .map(({ span }) => source.text.slice(span.start, span.end));
})();
/** A guide that can be planned, but for a block that is left out and a few changes. */
const GUIDE: Arbitrary<string> = fc
  .record({ without: fc.integer({ min: 0, max: 2 * WHOLE.length }), changes: fc.boolean() })
  .chain(({ without, changes }) => {
    const text = WHOLE.filter((_, index) => index !== without).join('\n\n');
    return changes ? changedText(fc.constant(text)) : fc.constant(text);
  });

const STYLE = { colours: picocolors.createColors(false), width: undefined };

/** Makes the plan of a way through the page: mended, or as it is printed. @returns what became of it */
function planned(text: string, { pages, tabs }: View, edition: EditionName): string {
  const names = pages.flatMap(page => (tabs.get(page) ?? []).map(({ tab }) => tab));
  try {
    const request = { files: [{ file: 'fuzzed.md', text }], tabs: names, edition };
    const { plan } = readGuide({ ...request, isAsPrinted: text.length % 3 === 0, withCleanUp: true });
    assertTold(forTerminal(printList(plan)));
    return 'planned';
  } catch (error) {
    return refusalOf(error);
  }
}

/** Pages of a guide. */
export const guidePage = target<string>({
  name: 'guide-page',
  what: 'the text of a page of a guide, to what reads, lints, mends and plans it',
  inputs: fc.oneof(
    { weight: 12, arbitrary: changedText(PAGE) },
    { weight: 2, arbitrary: rawText },
    { weight: 1, arbitrary: GUIDE },
  ),
  daily: 60,
  judge: text => {
    const page = readPage('fuzzed.md', text);
    // Of the editions one by turns: both would take twice the time.
    const edition = text.length % 2 === 0 ? '1.8' : 'current';
    const findings = lint([page], edition);
    for (const finding of findings) {
      const { span, fix } = finding;
      assertTold(findingLines(finding, page.source, STYLE).join('\n'));
      for (const { start, end } of [span, ...(fix?.edits ?? [])])
        if (!(start >= 0 && start <= end && end <= text.length))
          throw new Error(`no place: ${start} to ${end}`);
    }
    assertTold(findingsForGithub(findings));
    if (page.problems.length > 0 && findings.every(({ rule }) => rule !== 'page-problem'))
      throw new Error('a problem of the page that is not told');
    const [way] = viewsOf([page]);
    if (!way) throw new Error('no way through the page');
    return `${findings.length > 0 ? 'findings' : 'nothing found'}, ${planned(text, way, edition)}`;
  },
});
