import t from 'tap';
import { buildReport } from '../../harness/report/build.ts';
import { formatHtml } from '../../harness/report/html/html.ts';
import { formatJson } from '../../harness/report/json.ts';
import { formatMarkdown } from '../../harness/report/markdown.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import {
  controlPlaneSentence,
  evidenceSentence,
  figures,
  togetherSentences,
} from '../../harness/report/words.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import type { Share } from '../../harness/verify/traffic.ts';
import { passedRun } from '../support/run-events.ts';

/** The passing run, but from cluster2 two clusters of another network are judged together. */
function reportOfThree(): ConformanceReport {
  const together: Share = {
    cluster: 'cluster1+cluster3',
    count: 200,
    share: 0.6667,
    interval: [0.6101, 0.7197],
    expected: 0.6667,
    band: [140, 231],
    together: {
      network: 'network1',
      counts: [
        { cluster: 'cluster1', count: 200 },
        { cluster: 'cluster3', count: 0 },
      ],
      because: 'cluster2 reaches <network1> through gateways only',
    },
  };
  const withThree = (event: RunEvent): RunEvent => {
    if (event.type !== 'check-ended' || event.result.cluster !== 'cluster2') return event;
    const { traffic } = event.result;
    const sample = traffic?.sample;
    const other = sample?.shares[1];
    if (!traffic || !sample || !other) return event;
    const shares = [together, { ...other, count: 100 }];
    return { ...event, result: { ...event.result, traffic: { ...traffic, sample: { ...sample, shares } } } };
  };
  return buildReport(passedRun().map(withThree), { harnessVersion: '0.1.0' });
}

t.test('clusters that are judged together are shown as such in every format', async t => {
  const report = reportOfThree();
  const [scenario] = report.scenarios;
  if (!scenario) throw new Error('no scenario');
  t.equal(figures(scenario), 'cluster1 148+152/300  cluster2 (200+0)+100/300');
  const sentence =
    'cluster1 (200) and cluster3 (0) are judged together: cluster2 reaches <network1> through gateways only.';
  const sample = scenario.checks.find(({ cluster }) => cluster === 'cluster2')?.traffic?.sample;
  t.same(sample && togetherSentences(sample), [sentence]);

  const page = formatHtml(report);
  t.match(
    page,
    /<td>cluster1\+cluster3<\/td><td class="number">200<\/td>.*<td class="number">140 to 231<\/td>/,
  );
  t.ok(
    page.includes('cluster1 (200) and cluster3 (0) are judged together: cluster2 reaches &lt;network1&gt;'),
  );
  t.match(
    formatMarkdown(report),
    /From cluster2: With 300 calls .* cluster1 \(200\) and cluster3 \(0\) are judged together/,
  );
  t.match(JSON.parse(formatJson(report)), {
    scenarios: [
      { checks: [{}, { traffic: { sample: { shares: [{ together: { network: 'network1' } }, {}] } } }] },
    ],
  });
});

t.test('where nobody is judged together, nothing is said of it', async t => {
  const report = buildReport(passedRun(), { harnessVersion: '0.1.0' });
  for (const format of [formatHtml, formatMarkdown, formatJson]) t.notMatch(format(report), /together/);
});

t.test(
  'a real control plane is a level of its own, and both versions are named where they differ',
  async t => {
    const events = passedRun().map(event =>
      event.type === 'run-started'
        ? { ...event, platform: { ...event.platform, controlPlane: { version: '1.31.0' } } }
        : event,
    );
    const report = buildReport(events);
    const [scenario] = report.scenarios;
    t.match(report, { evidence: 'real-control-plane', scenarios: [{ evidence: 'real-control-plane' }] });
    t.equal(scenario?.conclusion, undefined);
    t.match(
      scenario && evidenceSentence(scenario),
      /^Control plane: real \(1\.31\.0, where the edition has .*\), data plane: simulated\. Evidence about what/,
    );
    t.equal(controlPlaneSentence('1.30.3', '1.30.3'), 'Control plane: real (1.30.3), data plane: simulated.');
    t.match(
      controlPlaneSentence('unknown', '1.30.3'),
      /real \(of unknown version, where the edition has 1\.30\.3\)/,
    );
    t.equal(buildReport([...events, ...passedRun()]).evidence, 'simulated', 'the weakest of all');
    t.equal(buildReport([...events, ...passedRun(true)]).evidence, 'real-control-plane');
  },
);

/** The passing run, but so many clients have called, and each of so many clusters has answered each. */
function reportOfMany(clients: number, failing: number): ConformanceReport {
  const [scenario, ...others] = buildReport(passedRun(), { harnessVersion: '0.1.0' }).scenarios;
  const check = scenario?.checks.find(({ traffic }) => traffic?.sample);
  const { sample } = check?.traffic ?? {};
  const [share] = sample?.shares ?? [];
  if (!scenario || !check?.traffic || !sample || !share) throw new Error('no sample');
  const { traffic } = check;
  const checks = Array.from({ length: clients }, (_, client) => {
    const shares = Array.from({ length: 50 }, (_, of) => ({ ...share, count: 17 + ((client + of) % 4) }));
    const symptom = client < failing ? ('R' as const) : traffic.symptom;
    return {
      ...check,
      traffic: { ...traffic, from: `c${client + 1}`, symptom, sample: { ...sample, requests: 912, shares } },
    };
  });
  const report = buildReport(passedRun(), { harnessVersion: '0.1.0' });
  return { ...report, scenarios: [{ ...scenario, checks }, ...others] };
}

t.test('of many clients and clusters the figures are told together, and what is not in order apart', t => {
  const told = (clients: number, failing: number) => {
    const [scenario] = reportOfMany(clients, failing).scenarios;
    return scenario ? figures(scenario) : '';
  };
  t.equal(told(50, 0), '50 clients 17 to 20 of 912 by each of 50');
  t.match(
    told(50, 1),
    /^49 clients 17 to 20 of 912 by each of 50 {2}c1 17 to 20 of 912 by each of 50 \(only local answers/,
  );
  const half = told(50, 25);
  t.match(half, /^25 clients .* c8 17 to 20 .* and 17 more that are not in order$/);
  t.notMatch(half, / c9 /);
  t.match(told(2, 0), /^c1 17 to 20 of 912 by each of 50 {2}c2 17 to 20 of 912 by each of 50$/);
  t.end();
});
