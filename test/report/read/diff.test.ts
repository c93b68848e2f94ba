/** Two reports compared: what was planted is told, and nothing else. */
import t from 'tap';
import { diffReports, isWorse } from '../../../harness/report/read/diff.ts';
import type { ConformanceReport } from '../../../harness/report/report.ts';
import { healthy, type MutableReport, recorded } from './recorded.ts';

const told = (before: ConformanceReport, after: ConformanceReport) =>
  diffReports(before, after).map(
    ({ kind, part, id }) => `${kind} ${part}${id === undefined ? '' : ` ${id}`}`,
  );

const scenarioOf = ({ scenarios: [scenario] }: MutableReport) => {
  if (!scenario) throw new Error('The recorded report has no scenario.');
  return scenario;
};
const checkOf = (report: MutableReport, id: string) => {
  const check = scenarioOf(report).checks.find(each => each.id === id);
  if (!check) throw new Error(`The recorded report has no check ${id}.`);
  return check;
};
const stepOf = (report: MutableReport, id: string) => {
  const step = scenarioOf(report).steps.find(each => each.id === id);
  if (!step) throw new Error(`The recorded report has no step ${id}.`);
  return step;
};

t.test('a report does not differ from itself, nor from one with other pods and addresses', t => {
  t.same(told(healthy(), healthy()), []);
  const text = JSON.stringify(healthy());
  const other = JSON.parse(
    text
      .replaceAll(/-[0-9a-f]{6,10}-[a-z0-9]{5}\b/g, '-0123456789-abcde')
      .replaceAll(/\b10\.\d+\.\d+\.\d+\b/g, '10.9.8.7'),
  ) as ConformanceReport; // the same fields
  t.not(JSON.stringify(other), text);
  t.same(told(healthy(), other), []);
  t.end();
});

t.test('what fails in both is told, and makes nothing worse', t => {
  const changes = diffReports(recorded(), recorded());
  t.ok(changes.length > 2);
  t.ok(changes.every(({ kind }) => kind === 'still-failing'));
  t.notOk(changes.some(isWorse));
  t.end();
});

t.test('a mended report has become better, and the way back is worse', t => {
  const mended = diffReports(recorded(), healthy());
  t.ok(mended.length > 2);
  t.same([...new Set(mended.map(({ kind }) => kind))].sort(), ['added', 'mended']);
  t.notOk(mended.some(isWorse));
  const broken = diffReports(healthy(), recorded());
  t.same([...new Set(broken.map(({ kind }) => kind))].sort(), ['lost', 'new-failure']);
  t.ok(broken.some(isWorse));
  t.end();
});

/** What is planted in a healthy report → what is told of it. */
const PLANTED: readonly (readonly [change: (report: MutableReport) => void, told: string, worse: boolean])[] =
  [
    [
      report => {
        checkOf(report, 'cluster1-workloads-ready').outcome = 'failed';
      },
      'new-failure check cluster1-workloads-ready',
      true,
    ],
    [
      report => {
        checkOf(report, 'cluster1-workloads-ready').outcome = 'unknown';
      },
      'new-failure check cluster1-workloads-ready',
      true,
    ],
    [
      report => {
        const { checks } = scenarioOf(report);
        checks.splice(checks.indexOf(checkOf(report, 'cluster2-workloads-ready')), 1);
      },
      'lost check cluster2-workloads-ready',
      true,
    ],
    [
      report => {
        scenarioOf(report).checks.push({ ...checkOf(report, 'cluster1-workloads-ready'), id: 'one-more' });
      },
      'added check one-more',
      false,
    ],
    [
      report => {
        stepOf(report, 'cluster1/install-istio').outcome = 'failed';
      },
      'new-failure step cluster1/install-istio',
      true,
    ],
    [
      report => {
        stepOf(report, 'cluster1/install-istio').durationMs = 100_000;
      },
      'slower step cluster1/install-istio',
      true,
    ],
    [
      report => {
        scenarioOf(report).durationMs *= 2;
      },
      'slower scenario',
      true,
    ],
    [
      report => {
        scenarioOf(report).durationMs /= 2;
      },
      'faster scenario',
      false,
    ],
    [
      report => {
        scenarioOf(report).evidence = 'real';
      },
      'stronger-evidence scenario',
      false,
    ],
    [
      report => {
        scenarioOf(report).verdict = 'failed';
      },
      'new-failure scenario',
      true,
    ],
    [
      report => {
        checkOf(report, 'cluster1-workloads-ready').evidence = { pods: ['helloworld-v1 1/2 Running'] };
      },
      'other-evidence check cluster1-workloads-ready',
      false,
    ],
    [
      report => {
        const { traffic } = checkOf(report, 'cluster2-reaches-every-version');
        if (traffic) traffic.symptom = 'SKEWED';
      },
      'other-evidence check cluster2-reaches-every-version',
      false,
    ],
    [report => void report.scenarios.pop(), 'lost scenario', true],
  ];

t.test('each planted change is told, alone', t => {
  for (const [change, expected, worse] of PLANTED) {
    const changes = diffReports(healthy(), healthy(change));
    t.same(told(healthy(), healthy(change)), [expected]);
    t.equal(changes.some(isWorse), worse, expected);
  }
  t.end();
});

t.test('times that differ by noise are the same; on the clock of a wall more is noise', t => {
  const slow = (clock: 'wall' | 'virtual', more: number) => (report: MutableReport) => {
    const scenario = scenarioOf(report);
    scenario.clock = clock;
    scenario.durationMs = 20_000 + more;
  };
  const changesBy = (clock: 'wall' | 'virtual', more: number) =>
    told(healthy(slow(clock, 0)), healthy(slow(clock, more)));
  t.same(changesBy('virtual', 4_000), []);
  t.same(changesBy('virtual', 4_001), ['slower scenario']);
  t.same(changesBy('wall', 10_000), []);
  t.same(changesBy('wall', 10_001), ['slower scenario']);
  t.same(
    diffReports(healthy(slow('virtual', 0)), healthy(slow('virtual', 4_001)), { factor: 2 }),
    [],
    'more noise, as asked',
  );
  t.end();
});

t.test('a scenario is compared with its like: platform, edition and release first, then less', t => {
  const two = healthy(report => {
    const copy = structuredClone(scenarioOf(report));
    copy.edition = 'current';
    copy.checks = copy.checks.slice(1);
    report.scenarios = [scenarioOf(report), copy];
  });
  const turned = { ...two, scenarios: two.scenarios.toReversed() };
  t.same(told(two, turned), []);
  const [old, current] = two.scenarios;
  if (!old || !current) return t.end();
  t.same(
    told({ ...two, scenarios: [old] }, { ...two, scenarios: [current] }),
    ['lost check cluster1-workloads-ready'],
    'steps of another edition are not compared, checks are',
  );
  t.end();
});
