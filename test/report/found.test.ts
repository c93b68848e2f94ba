/** What was found stands in every format, and never what a plan names in its place. */

import picocolors from 'picocolors';
import t from 'tap';
import { ProgressLines, verdictLine } from '../../harness/cli/terminal/lines.ts';
import type { FoundPlatform } from '../../harness/platform/platform.ts';
import { buildReport } from '../../harness/report/build.ts';
import { FORMATS } from '../../harness/report/formats.ts';
import { foundWords } from '../../harness/report/found.ts';
import { formatJson } from '../../harness/report/json.ts';
import { parseReport } from '../../harness/report/read/read-report.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { unseenCluster } from '../../harness/verify/seen/seen.ts';
import { PLAN, passedRun } from '../support/run-events.ts';

const STYLE = { colours: picocolors.createColors(false), columns: undefined, typed: (text: string) => text };
const VERSIONS = {
  kubernetes: ['v1.37.2'],
  kubelet: ['v1.37.2'],
  runtime: ['containerd://2.3.4'],
  kind: ['v0.33.0'],
  docker: ['20.10.24'],
};
const seen = (says: string, proxies: readonly string[]) => ({
  ...unseenCluster('cluster1', '', { client: 'sleep', helloWorld: [] }),
  istiod: { state: 'present' as const, pods: 1, ready: 1, version: PLAN.istioVersion, says },
  proxyVersions: proxies,
});

/** A passed run on real clusters, on which these versions were found. */
function runThatFound(
  istioctl: string,
  cluster: ReturnType<typeof seen> | undefined,
  found: FoundPlatform = { isSimulated: false, versions: VERSIONS },
): readonly RunEvent[] {
  return passedRun(true).flatMap((event): readonly RunEvent[] => {
    if (event.type === 'platform-started')
      return [{ ...event, toolVersions: { kubectl: 'v1.37.1', istioctl }, found }];
    if (event.type === 'clusters-seen') return [];
    if (event.type !== 'clean-up-ended' || !cluster) return [event];
    return [{ atMs: event.atMs, type: 'clusters-seen', clusters: [cluster] }, event];
  });
}

t.test('every format names what was found, and says beside the verdict what the edition is for', async t => {
  const report = buildReport(runThatFound('1.31.0', seen('1.31.0', ['1.31.0'])));
  const [scenario] = report.scenarios;
  t.match(scenario, {
    ...{ evidence: 'real', conclusion: 'conformant', istioVersion: '1.31.0', writtenFor: PLAN.istioVersion },
    found: { istioctl: ['1.31.0'], istiod: ['1.31.0'], proxy: ['1.31.0'], kubectl: ['v1.37.1'], ...VERSIONS },
  });
  for (const [file, format] of Object.entries(FORMATS)) {
    const text = format(report);
    t.match(text, '1.31.0', `${file}: the release`);
    t.notMatch(text, new RegExp(`\\(Istio ${PLAN.istioVersion}\\)`), `${file}: not the plan's`);
    if (file.endsWith('ctrf.json')) continue; // for programs, case by case
    for (const version of ['v1.37.2', 'v0.33.0', '20.10.24', 'v1.37.1'])
      t.match(text, version, `${file}: ${version}`);
    t.match(text, PLAN.istioVersion, `${file}: what the edition was written for`);
  }
  if (scenario)
    t.match(
      verdictLine(scenario, STYLE),
      `Istio 1.31.0, where the edition was written for ${PLAN.istioVersion}`,
    );
});

t.test("the edition's own release needs no word; parts of several releases are told apart", async t => {
  const own = buildReport(runThatFound(PLAN.istioVersion, seen(PLAN.istioVersion, [PLAN.istioVersion])));
  for (const [file, format] of Object.entries(FORMATS)) t.notMatch(format(own), 'written for', file);
  const mixed = buildReport(runThatFound('1.31.0', seen('1.30.2', ['1.29.9', '1.30.2']))).scenarios[0];
  t.equal(mixed?.istioVersion, '1.30.2', 'istiod knows best');
  t.match(
    foundWords(mixed?.found ?? {}),
    /^istioctl 1\.31\.0, istiod 1\.30\.2, proxies 1\.29\.9 and 1\.30\.2, Kubernetes v1\.37\.2, kubectl/,
  );
  const nodes = { kubernetes: ['v1.34.0'], kubelet: ['v1.34.0', 'v1.33.1'] };
  t.equal(foundWords(nodes), 'Kubernetes v1.34.0 (nodes v1.33.1)');
});

t.test('where no release was found none is named', async t => {
  const events = passedRun(true).filter(({ type }) => type === 'run-started' || type === 'run-ended');
  const report = buildReport(events);
  t.match(report, { evidence: 'none', scenarios: [{ evidence: 'none', conclusion: undefined }] });
  t.match(FORMATS['report.md'](report), 'No evidence of anything: no cluster was up');
  for (const file of ['junit.xml', 'report.md', 'conformance.yaml'] as const)
    t.notMatch(FORMATS[file](report), new RegExp(`\\(Istio ${PLAN.istioVersion}\\)`), file);
  t.match(FORMATS['report.md'](report), `written for Istio ${PLAN.istioVersion}`);
});

t.test('clusters that say that they are simulated make a simulated run of it', async t => {
  const found = { isSimulated: true, versions: { kubernetes: ['v1.32.4+mesh-harness'] } };
  const events = runThatFound('1.31.0', undefined, found);
  const [scenario] = buildReport(events).scenarios;
  t.match(scenario, { evidence: 'simulated', conclusion: undefined, istioVersion: PLAN.istioVersion });
  for (const [file, format] of Object.entries(FORMATS)) {
    t.match(format(buildReport(events)), /simulat/i, file);
    t.notMatch(format(buildReport(events)), /\bconformant\b/, file);
  }
  const lines = new ProgressLines({ style: STYLE, now: () => 0 });
  const told = events.flatMap(event => lines.of(event)).join('\n');
  t.match(told, 'simulated, as the clusters say: no evidence about Istio');
});

t.test('the first lines of a run on real clusters name one release, the one that is there', async t => {
  const lines = new ProgressLines({ style: STYLE, now: () => 0 });
  const told = runThatFound('1.31.0', undefined)
    .flatMap(event => lines.of(event))
    .slice(0, 2);
  t.notMatch(told.join('\n'), PLAN.istioVersion, 'real-kind-2026-11 E1: it was named beside the other');
  t.match(
    told[1],
    'with Istio 1.31.0 (istioctl), Kubernetes v1.37.2, kubectl v1.37.1, kind v0.33.0, Docker 20.10.24',
  );
});

t.test('a report from before there was this is read, and reads as it did', async t => {
  const old = passedRun(true);
  const { scenarios } = buildReport(old);
  const text = formatJson({
    ...buildReport(old),
    scenarios: scenarios.map(({ found: _, writtenFor: __, ...scenario }) => scenario),
  });
  const report = parseReport(text, 'report.json');
  t.match(FORMATS['report.md'](report), `(Istio ${PLAN.istioVersion})`);
  t.match(
    parseReport(formatJson(buildReport(runThatFound('1.31.0', undefined))), 'r').scenarios[0]?.found,
    VERSIONS,
  );
});
