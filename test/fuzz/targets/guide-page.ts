/** Pages of a guide: whatever they hold, they are read, followed, linted and printed. */
import fc, { type Arbitrary } from 'fast-check';
import picocolors from 'picocolors';
import { findingLines } from '../../../harness/cli/terminal/finding-lines.ts';
import { viewsOf } from '../../../harness/guide/follow/views.ts';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { findingsForGithub } from '../../../harness/guide/lint/print/github.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { EDITIONS } from '../../../harness/plan/plan.ts';
import { changedText, rawText } from '../inputs/mutate.ts';
import { oddText } from '../inputs/values.ts';
import { assertTold, target } from '../target.ts';

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

const STYLE = { colours: picocolors.createColors(false), width: undefined };

/** Pages of a guide. */
export const guidePage = target<string>({
  name: 'guide-page',
  what: 'the text of a page of a guide, to what reads, follows and lints it',
  inputs: fc.oneof({ weight: 6, arbitrary: changedText(PAGE) }, { weight: 1, arbitrary: rawText }),
  daily: 100,
  judge: text => {
    const page = readPage('fuzzed.md', text);
    // Of the editions one by turns: both would take twice the time.
    const edition = EDITIONS[text.length % EDITIONS.length];
    const findings = lint([page], edition?.name ?? '1.8');
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
    if (viewsOf([page]).length === 0) throw new Error('no way through the page');
    return findings.length > 0 ? 'taken, with findings' : 'taken';
  },
});
