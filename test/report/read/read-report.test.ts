/** Reports are read again: those of an older release too, and what is no report is refused with the place. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { problemsOfReport } from '../../../harness/report/read/problems.ts';
import { parseReport, readReport } from '../../../harness/report/read/read-report.ts';
import { healthy, type MutableReport, RECORDED, recorded } from './recorded.ts';

t.test('a report of schema version 1, as its first release wrote it', t => {
  const { file, report } = readReport(RECORDED);
  t.equal(file, RECORDED);
  const { scenarios } = report;
  t.match(report, JSON.parse(readFileSync(RECORDED, 'utf8')), 'all that it had is there');
  t.match(report, { reproduce: null, harness: { commit: null }, volatile: { diagnostics: null } });
  for (const { seen } of scenarios)
    for (const each of seen.clusters)
      t.match(each.istiod, { state: 'not-seen', error: /the release that wrote the report did not look/ });
  t.same(problemsOfReport(healthy()), []);
  t.end();
});

t.test('the folder of a run stands for its report.json', t => {
  const folder = t.testdir({ 'report.json': JSON.stringify(recorded()) });
  t.equal(readReport(folder).file, `${folder}/report.json`);
  t.throws(() => readReport(t.testdirName.concat('/none')), {
    code: 'ERR_UNREADABLE_FILE',
    hint: /report\.json/,
  });
  t.end();
});

/** A defect → the problem that is told. */
const DEFECTS: readonly (readonly [change: (report: MutableReport) => void, problem: RegExp])[] = [
  [
    report => Object.assign(report, { schemaVersion: 99 }),
    /schemaVersion: a later mesh-harness has written it \(99\)/,
  ],
  [report => Object.assign(report, { schemaVersion: 'one' }), /^schemaVersion: /],
  [report => Object.assign(report, { verdict: 'fine' }), /^verdict: /],
  [report => Object.assign(report.scenarios[0] ?? {}, { checks: null }), /^scenarios\[0\]\.checks: /],
  [
    report => {
      report.verdict = 'failed';
    },
    /^verdict: is failed, and that of the scenarios is passed/,
  ],
  [
    report => {
      for (const each of report.scenarios) each.interrupted = true;
    },
    /^interrupted: is false/,
  ],
  ...['javascript:alert(1)', '../../../etc', '/etc', '//host/x', 'a/../b', ''].map(
    diagnostics =>
      [
        (report: MutableReport) => Object.assign(report.volatile, { diagnostics }),
        /^volatile\.diagnostics: has to be a folder beside the report/,
      ] as const,
  ),
  [
    report => Object.assign(report, { $schema: 'urn:another' }),
    /^\$schema: is not urn:mesh-harness:report:1/,
  ],
  [
    report => {
      report.interrupted = true;
    },
    /^verdict: is passed, and the run was interrupted/,
  ],
  [
    report => {
      for (const each of report.scenarios) each.checks = [];
    },
    /it is passed, and no check was asked/,
  ],
  [
    report => {
      report.shard = { index: 1, of: 1, scenarios: ['another'] };
    },
    /^shard: multi-primary is none of the scenarios of its run/,
  ],
  [
    report => {
      report.shard = { index: 3, of: 2, scenarios: report.scenarios.map(({ scenario }) => scenario) };
    },
    /^shard: there is no part 3 of 2/,
  ],
  [
    report => {
      report.evidence = 'real';
    },
    /^evidence: is real, and that of the scenarios is simulated/,
  ],
  [
    report => {
      for (const each of report.scenarios) each.conclusion = 'conformant';
    },
    /is conformant, and its evidence is simulated/,
  ],
  [
    report => {
      for (const check of report.scenarios[1]?.checks ?? []) check.outcome = 'failed';
    },
    /^scenarios\[1\] \(primary-remote-multi-network\): it is passed, and cluster1-workloads-ready is failed/,
  ],
  [
    report => {
      const [step] = report.scenarios[0]?.steps ?? [];
      if (step) report.scenarios[0]?.steps.push(step);
    },
    /make-certificates is there twice/,
  ],
];

t.test('what is no report is refused with the place', t => {
  for (const [change, problem] of DEFECTS) {
    const [first = ''] = problemsOfReport(healthy(change));
    t.match(first, problem);
    t.throws(() => parseReport(JSON.stringify(healthy(change)), 'x.json'), {
      code: 'ERR_INVALID_REPORT',
      message: /^x\.json is no report of schema version 1:\n {2}/,
    });
  }
  t.throws(() => parseReport('{', 'x.json'), { code: 'ERR_INVALID_REPORT', message: /it is no JSON/ });
  t.end();
});
