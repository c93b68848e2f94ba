/** The page is held against the rules of axe-core, in a browser, light and dark. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import t, { type Test } from 'tap';
import { buildReport } from '../../../harness/report/build.ts';
import { formatHtml } from '../../../harness/report/html/html.ts';
import type { ConformanceReport } from '../../../harness/report/report.ts';
import { run } from '../../../harness/session/run.ts';
import { FOUR, largeTopology, planOf, topologyOf } from '../../plan/scenarios.ts';
import { CHROMIUM, domOf } from '../../support/chromium.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { impatientChecks } from '../../support/impatient-checks.ts';
import { isNightly } from '../../support/nightly.ts';
import { reportOn } from '../../support/pictured.ts';
import { failedRun, passedRun, REPORT_FACTS } from '../../support/run-events.ts';

t.setTimeout(1_800_000);
const skip = CHROMIUM === undefined && 'there is no chromium on PATH';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One finding of axe: a rule, how grave it is, and where. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What the browser says of a page: what axe finds, the colour behind it, and whether it is wider than it. */
interface Told {
  readonly violations: readonly Violation[];
  readonly background: string;
  readonly overflow: number;
}

/** Lets the page run the scripts of the test; all else that its policy forbids stays forbidden. */
function withScripts(page: string): string {
  const policy = '"default-src &#39;none&#39;;';
  if (!page.includes(policy)) throw new Error('the page has no policy');
  return page.replace(policy, () => `${policy} script-src &#39;unsafe-inline&#39;;`);
}

/** Runs axe on a copy of the page with everything unfolded. */
async function ask(folder: string, page: string, look: { isDark: boolean; width: number }): Promise<Told> {
  const file = path.join(folder, 'page.html');
  const script = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => {
    const told = { violations, background: getComputedStyle(document.body).backgroundColor,
      overflow: document.documentElement.scrollWidth - innerWidth };
    document.documentElement.setAttribute('data-told', encodeURIComponent(JSON.stringify(told)));
  });`;
  const unfolded = page.replace(/<details(?! open)/g, '<details open');
  writeFileSync(
    file,
    withScripts(unfolded).replace(
      '</body>',
      () => `<script>${AXE}</script><script>${script}</script></body>`,
    ),
  );
  const dom = await domOf(file, { ...look, profile: path.join(folder, 'profile') });
  const told = /data-told="([^"]+)"/.exec(dom)?.[1];
  if (told === undefined) throw new Error(`the browser tells nothing: ${dom.slice(0, 300)}`);
  return JSON.parse(decodeURIComponent(told)); // of the script above
}

async function holds(t: Test, report: ConformanceReport): Promise<void> {
  using folder = temporaryFolder();
  const page = formatHtml(report);
  // By day one look: a browser's start costs as much as all else here.
  for (const isDark of isNightly ? [false, true] : [true]) {
    const width = isDark ? 390 : 1440;
    const { violations, background, overflow } = await ask(folder.path, page, { isDark, width });
    const grave = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
    t.same(grave, [], `${isDark ? 'dark' : 'light'}, ${width} pixels: axe finds nothing serious`);
    t.equal(background === 'rgb(255, 255, 255)', !isDark, 'the page follows the theme');
    t.ok(overflow <= 0, `the page is not wider than the window: ${overflow}`);
  }
}

t.test('a page with a pass, a failure and a large mesh', { skip }, async t => {
  const report = buildReport([...passedRun(), ...failedRun()], REPORT_FACTS);
  await holds(t, { ...report, scenarios: [...report.scenarios, reportOn(largeTopology(7, 2))] });
});

t.test('what axe finds is told', { skip: skip || (!isNightly && 'by night: npm run tables') }, async t => {
  using folder = temporaryFolder();
  const page = formatHtml(buildReport(passedRun(), REPORT_FACTS));
  const pale = page.replace('<h1>', '<p style="color: #ddd">pale</p><h1>');
  const { violations } = await ask(folder.path, pale, { isDark: false, width: 1440 });
  t.match(
    violations.map(({ id, impact }) => `${id} ${impact}`),
    ['color-contrast serious'],
  );
});

const OMITTED = ['remote-secret/cluster2-in-cluster1', 'cluster1/install-istio'];
for (const scenario of isNightly ? FOUR : []) {
  t.test(`${scenario}: pass and failures`, { skip }, async t => {
    const topology = await topologyOf(scenario);
    for (const edition of ['1.8', 'current']) {
      const plan = await planOf(scenario, edition);
      const checks = impatientChecks(topology, plan, { extended: true });
      for (const omit of [[], ...OMITTED.map(step => [step])])
        await holds(t, await run({ topology, plan, checks, omit, requests: 100, risk: 1e-3 }));
    }
  });
}
