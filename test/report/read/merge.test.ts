/** Reports that are joined: parts of one run are one run, and what is missing is told. */
import t from 'tap';
import { mergeReports } from '../../../harness/report/read/merge.ts';
import { problemsOfReport } from '../../../harness/report/read/problems.ts';
import type { ConformanceReport } from '../../../harness/report/report.ts';
import { healthy, recorded } from './recorded.ts';

const SCENARIOS = ['multi-primary', 'primary-remote-multi-network'];

/** Divides a report as `run --shard` would have. */
const partsOf = (report: ConformanceReport): readonly ConformanceReport[] =>
  report.scenarios.map((scenario, index) => ({
    ...report,
    verdict: scenario.verdict,
    scenarios: [scenario],
    shard: { index: index + 1, of: report.scenarios.length, scenarios: SCENARIOS },
    volatile: { ...report.volatile, runId: `run-${index}`, runIds: [`run-${index}`] },
  }));
const withoutTimes = ({ volatile: _, ...report }: ConformanceReport) => report;

t.test('the parts of a run, in any order, are the run', t => {
  for (const report of [recorded(), healthy()])
    for (const parts of [partsOf(report), partsOf(report).toReversed()]) {
      const merged = mergeReports(parts);
      t.same(withoutTimes(merged), withoutTimes(report));
      t.same(merged.volatile.runIds, ['run-0', 'run-1']);
      t.same(problemsOfReport(merged), []);
    }
  t.end();
});

t.test('a part that is missing leaves no pass, and its scenarios are named', t => {
  const merged = mergeReports(partsOf(healthy()).slice(1));
  t.equal(merged.verdict, 'unknown');
  t.same(merged.notBegun, ['multi-primary']);
  t.equal(merged.interrupted, false);
  t.same(problemsOfReport(merged), []);
  t.end();
});

t.test('what is given twice is refused', t => {
  const [part, other] = partsOf(healthy());
  if (!part || !other) return t.end();
  t.throws(() => mergeReports([part, part]), { code: 'ERR_USAGE', message: /run-0 is given twice/ });
  const again = { ...part, volatile: { ...part.volatile, runIds: ['run-9'] } };
  t.throws(() => mergeReports([part, other, again]), { message: 'Part 1/2 of one run is given twice.' });
  t.throws(() => mergeReports([]), { message: /no report/ });
  t.end();
});

t.test('parts of several runs are told apart, and so is what was run twice', t => {
  const [first, second] = partsOf(healthy());
  if (!first || !second?.shard) return t.end();
  const [scenario] = second.scenarios;
  if (!scenario) return t.end();
  const reseeded = { ...second, scenarios: [{ ...scenario, seed: '9' }] };
  t.throws(() => mergeReports([first, reseeded]), {
    message:
      'The parts are not of one run: part 1/2 is on simulator, edition 1.8 (Istio 1.8.0), seed 1; ' +
      'part 2/2 is on simulator, edition 1.8 (Istio 1.8.0), seed 9.',
  });
  const ofThree = { ...second, shard: { ...second.shard, index: 3, of: 3 } };
  t.throws(() => mergeReports([first, ofThree]), { message: /part 1\/2 .*; part 3\/3 / });
  const again = healthy(report => {
    report.volatile.runIds = ['again'];
  });
  t.throws(() => mergeReports([healthy(), again]), {
    message: /^multi-primary on simulator.* is in two of the/,
  });
  t.end();
});

t.test('parts of another edition are of another run', t => {
  const current = healthy(report => {
    for (const scenario of report.scenarios) scenario.edition = 'current';
  });
  const others = partsOf(current).map(part => ({
    ...part,
    volatile: { ...part.volatile, runIds: part.volatile.runIds.map(id => `${id}-current`) },
  }));
  const merged = mergeReports([...partsOf(healthy()), ...others]);
  t.same(
    merged.scenarios.map(({ scenario, edition }) => `${scenario} ${edition}`),
    ['1.8', 'current'].flatMap(edition => SCENARIOS.map(name => `${name} ${edition}`)),
  );
  t.equal(merged.verdict, 'passed');
  t.end();
});

t.test('the worst verdict, the weakest evidence, and only what is common', t => {
  const real = healthy(report => {
    report.evidence = 'real';
    for (const scenario of report.scenarios) {
      scenario.evidence = 'real';
      scenario.seed = '2';
    }
    report.harness.version = '9.9.9';
    report.volatile = {
      ...report.volatile,
      runIds: ['other'],
      nodeVersion: 'v24.0.0',
      startedAt: '2020-01-01T00:00:00.000Z',
    };
  });
  const merged = mergeReports([real, recorded()]);
  t.equal(merged.verdict, 'failed');
  t.equal(merged.evidence, 'simulated');
  t.equal(merged.harness.version, null);
  t.equal(merged.volatile.nodeVersion, null);
  t.equal(merged.volatile.startedAt, '2020-01-01T00:00:00.000Z');
  t.equal(merged.volatile.endedAt, recorded().volatile.endedAt);
  t.same(merged.volatile.host, recorded().volatile.host);
  t.end();
});
