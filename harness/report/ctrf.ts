/** The report in the Common Test Report Format: what dashboards and bots of CI read (https://ctrf.io). */
import { allPrintable } from '../base/printable.ts';
import { type CaseGroup, caseGroupsOf, countCases, type ReportCase } from './cases.ts';
import { releaseOf } from './found.ts';
import { headlineLines, headlineOf, headlineText } from './headline.ts';
import type { ConformanceReport } from './report.ts';

/** The version of the format's specification. */
const SPEC_VERSION = '0.0.0';
const STATUS = { passed: 'passed', failed: 'failed', unknown: 'other', skipped: 'skipped' } as const;

/**
 * Writes a report as CTRF. What the environment kept from a verdict is `other`; durations are real
 * milliseconds, as in JUnit.
 */
export function formatCtrf(report: ConformanceReport): string {
  const { harness, verdict, evidence, interrupted, volatile } = report;
  const groups = caseGroupsOf(report);
  const counts = countCases(groups.flatMap(({ cases }) => cases));
  const start = Date.parse(volatile.startedAt ?? '') || 0;
  const content = {
    reportFormat: 'CTRF',
    specVersion: SPEC_VERSION,
    ...(volatile.runId !== null && { runId: volatile.runId }),
    ...(volatile.endedAt !== null && { timestamp: volatile.endedAt }),
    generatedBy: harness.name,
    results: {
      tool: { name: harness.name, ...(harness.version !== null && { version: harness.version }) },
      summary: {
        tests: counts.passed + counts.failed + counts.unknown + counts.skipped,
        passed: counts.passed,
        failed: counts.failed,
        skipped: counts.skipped,
        pending: 0,
        other: counts.unknown,
        suites: groups.length,
        start,
        stop: Math.max(start, Date.parse(volatile.endedAt ?? '') || 0),
      },
      tests: groups.flatMap(group => group.cases.map(each => testOf(group, each))),
      extra: { verdict, evidence, interrupted },
    },
  };
  return `${JSON.stringify(allPrintable(content), null, 2)}\n`;
}

function testOf({ name, scenario }: CaseGroup, each: ReportCase) {
  const { part, id, level, outcome, told, problem, because, durationMs } = each;
  const parts = problem && headlineOf(problem, scenario?.omitted);
  const commands = (each.step?.commands ?? []).filter(
    ({ exitCode, fault }) => problem && (exitCode !== 0 || fault !== undefined),
  );
  const trace = [
    ...(parts ? headlineLines(parts) : []),
    ...commands.flatMap(({ line, stdout = '', stderr = '' }) => [`$ ${line}`, stdout, stderr]),
  ].filter(line => line !== '');
  return {
    testId: `${name}/${part}/${id}`,
    name: each.name,
    status: STATUS[outcome],
    rawStatus: told,
    duration: Math.round(durationMs),
    suite: [name, part === 'run' ? 'run' : `${part}s`],
    ...((parts || because !== undefined) && { message: parts ? headlineText(parts) : because }),
    ...(trace.length > 0 && { trace: trace.join('\n') }),
    labels: {
      id,
      level,
      ...(scenario && {
        evidence: scenario.evidence,
        platform: scenario.platform.name,
        edition: scenario.edition,
        istio: releaseOf(scenario),
      }),
    },
  };
}
