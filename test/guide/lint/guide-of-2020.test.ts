/**
 * What the guide of 2020 does wrong is found at its lines, and mended: on a page of our own with the same
 * commands, and on the guide's own page, if MESH_HARNESS_GUIDE_PAGE names it.
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Finding } from '../../../harness/guide/lint/finding.ts';
import { type GuideFile, mend } from '../../../harness/guide/lint/fix.ts';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';

const FIXTURE = new URL('../../../fixtures/guides/multicluster-1.8.md', import.meta.url);
const GUIDE = process.env['MESH_HARNESS_GUIDE_PAGE'];

const NO_PAGE = 'MESH_HARNESS_GUIDE_PAGE names no page';

const lintFiles = (files: readonly GuideFile[]): readonly Finding[] =>
  lint(
    files.map(({ file, text }) => readPage(file, text)),
    '1.8',
  );

/** A rule, what the lines say that it finds (once each), and where they are in the guide's own page. */
const ROWS: readonly (readonly [rule: string, says: RegExp, lines: readonly number[]])[] = [
  ['assumed-context', /export CTX_CLUSTER\d=/, [54, 55]],
  ['step-elsewhere', /\[(the commands|instructions)\]/, [69]],
  ['namespace-elsewhere', /\[(the commands|instructions)\]/, [69]],
  ['unused-mesh-networks', /meshNetworks:/, [124, 151]],
  [
    'unanswered-prompt',
    /istioctl install --context=\S+ -f (- )?cluster\d.yaml/,
    [133, 160, 232, 288, 374, 424, 493, 553],
  ],
  ['refused-name', /--name=CLUSTER\d/, [170, 179, 312, 321, 435, 577]],
  ['script-lacks-value', /gen-eastwest-gateway.sh/, [244, 296, 386, 504, 561]],
  ['operator-applied', /kubectl apply --context=\S+ -f -/, [245, 297, 387, 505, 562]],
  ['assumed-folder', /gen-eastwest-gateway.sh/, [244]],
  ['unset-variable', /\$\{NETWORK1\}/, [366]],
  ['broken-by-expansion', /\$\{NETWORK1\}/, [366]],
  ['other-gateway', /ingress gateway/, [400, 529]],
  ['address-not-awaited', /export DISCOVERY_ADDRESS=/, [403, 532]],
  ['address-by-ip-only', /ingress\[0\]\.ip/, [406, 535]],
  ['secret-after-remote', /istioctl x create-remote-secret/, [433, 575]],
  ['stdin-beside-file', /-f - cluster2.yaml/, [553]],
  ['config-in-remote', /CTX_CLUSTER2\} apply -n istio-system/, [566]],
  ['wide-selector', /-l app=helloworld -n sample/, [625, 628]],
  ['repeated-flag', /-l app=helloworld -l version=v\d/, [638, 658]],
  ['wait-by-eye', /kubectl get pod --context=/, [644, 664, 685, 694]],
  ['progress-meter', /-- curl/, [713, 731]],
  ['repeat-by-hand', /./, []],
];

const linesOf = (found: readonly Finding[], rule: string): readonly number[] =>
  found.filter(finding => finding.rule === rule).map(({ place }) => place.line);

t.test('each mistake is found at its line, on a page of our own', async t => {
  const text = readFileSync(FIXTURE, 'utf8');
  const lines = text.split('\n');
  const found = lintFiles([{ file: 'guide.md', text }]);
  for (const [rule, says, guideLines] of ROWS) {
    const at = linesOf(found, rule);
    t.ok(at.length > 0, rule);
    t.same(
      at.filter(line => !says.test(lines[line - 1] ?? '')),
      [],
      `${rule}: no other line`,
    );
    if (guideLines.length > 0) t.equal(at.length, guideLines.length, `${rule}: as often as in the guide`);
  }
});

t.test('each mistake is found at its line, in the guide', { skip: GUIDE ? false : NO_PAGE }, async t => {
  const found = lintFiles([{ file: 'guide.md', text: readFileSync(GUIDE ?? '', 'utf8') }]);
  for (const [rule, , lines] of ROWS) {
    if (lines.length > 0) t.same(linesOf(found, rule).slice(0, lines.length), lines, rule);
  }
  const known = new Set(ROWS.map(([rule]) => rule));
  t.same(
    found.filter(({ rule }) => !known.has(rule)).map(({ rule, place }) => `${rule} ${place.line}`),
    [],
    'and nothing else',
  );
});

for (const [name, file] of [
  ['a page of our own', FIXTURE],
  ['the guide', GUIDE],
] as const) {
  t.test(`mended, nothing is left that counts: ${name}`, { skip: file ? false : NO_PAGE }, async t => {
    const before = [{ file: 'guide.md', text: readFileSync(file ?? '', 'utf8') }];
    const { files, findings } = mend(before, lintFiles);
    const text = files[0]?.text ?? '';
    t.same(
      findings
        .filter(({ severity }) => severity !== 'note')
        .map(({ rule, place }) => `${rule} ${place.line}`),
      [],
    );
    t.notMatch(text, /(?<!_)CLUSTER\d|NETWORK\d|MESH1/, 'clusters, networks and mesh have lower-case names');
    t.equal(text.split('istioctl install -y').length - 1, 8);
    t.same(mend(files, lintFiles).files, files, 'mended again, it stays');
  });
}
