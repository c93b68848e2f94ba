/**
 * The report as JUnit XML, for CI systems: a suite for each scenario, a test case for each step and each
 * check. It keeps to what Jenkins reads (xunit-plugin, junit-10.xsd).
 */
import { type CaseGroup, caseGroupsOf, countCases, type ReportCase } from './cases.ts';
import { foundWords, releaseOf } from './found.ts';
import { headlineOf, headlineText } from './headline.ts';
import { caseXml, secondsOf } from './junit-cases.ts';
import { element } from './junit-xml.ts';
import type { ConformanceReport, ScenarioReport } from './report.ts';
import { evidenceSentence, figures } from './words.ts';

function propertiesOf(scenario: ScenarioReport, reproduce: string | null): string {
  const { reason } = scenario;
  const properties: Readonly<Record<string, string>> = {
    evidence: scenario.evidence,
    statement: evidenceSentence(scenario),
    verdict: scenario.verdict,
    platform: scenario.platform.name,
    edition: scenario.edition,
    istio: releaseOf(scenario),
    ...(scenario.found && { found: foundWords(scenario.found) }),
    clock: scenario.clock,
    seed: scenario.seed,
    requests: String(scenario.requests),
    omitted: scenario.omitted.join(' '),
    keepGoing: String(scenario.keepGoing),
    figures: figures(scenario),
    ...(reason && { reason: headlineText(headlineOf(reason, scenario.omitted)) }),
    ...(reproduce !== null && { reproduce }),
  };
  const written = Object.entries(properties).map(([name, value]) => element('property', { name, value }));
  return element('properties', {}, written.join(''));
}

/** Tells where and when a suite ran: in UTC, as older schemas take neither a zone nor parts of seconds. */
function place({ volatile: { host, startedAt } }: ConformanceReport, began: string | null) {
  const time = began ?? startedAt;
  return {
    ...(time !== null && { timestamp: time.slice(0, 19) }),
    ...(host?.name !== undefined && { hostname: host.name }),
  };
}

function suite(report: ConformanceReport, group: CaseGroup): string {
  const { name, scenario, startedAt, durationMs, cases } = group;
  const lines = [
    ...(scenario ? [propertiesOf(scenario, report.reproduce)] : []),
    ...cases.map(each => caseXml(group, each)),
  ];
  const attributes = { name, ...counts(cases), time: secondsOf(durationMs), ...place(report, startedAt) };
  return element('testsuite', attributes, `\n    ${lines.join('\n    ')}\n  `);
}

function counts(cases: readonly ReportCase[]) {
  const { failed, unknown, skipped } = countCases(cases);
  return { tests: cases.length, failures: failed, errors: unknown, skipped };
}

/**
 * Writes reports as JUnit XML. Times are real seconds, of the wall's clock, whatever the clock of the run;
 * `timestamp`, `hostname` and they are all that differs between equal runs.
 */
export function formatJunit(report: ConformanceReport): string {
  const groups = caseGroupsOf(report);
  const { tests, failures, errors } = counts(groups.flatMap(({ cases }) => cases));
  const time = secondsOf(groups.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const body = groups.map(group => `  ${suite(report, group)}\n`).join('');
  const root = element('testsuites', { name: 'mesh-harness', tests, failures, errors, time }, `\n${body}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}
