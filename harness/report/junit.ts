/**
 * The report as JUnit XML, for CI systems: a suite for each scenario, a test case for each step and each
 * check. It keeps to what Jenkins reads (xunit-plugin, junit-10.xsd).
 */
import { headlineOf, headlineText } from './headline.ts';
import { type Case, caseNotBegun, casesOf, caseXml, secondsOf } from './junit-cases.ts';
import { element } from './junit-xml.ts';
import type { ConformanceReport, ScenarioReport, WallTimes } from './report.ts';
import { evidenceSentence, figures } from './words.ts';

/** A suite, with what the sums of all are made of. */
interface Suite {
  readonly xml: string;
  readonly cases: readonly Case[];
  readonly durationMs: number;
}

/** Times of a run of which none are known. */
const UNKNOWN: WallTimes = { scenario: '', startedAt: null, durationMs: 0, steps: {}, checks: {} };

function propertiesOf(scenario: ScenarioReport, reproduce: string | null): string {
  const { reason } = scenario;
  const properties: Readonly<Record<string, string>> = {
    evidence: scenario.evidence,
    statement: evidenceSentence(scenario),
    verdict: scenario.verdict,
    platform: scenario.platform.name,
    edition: scenario.edition,
    istio: scenario.istioVersion,
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

function suiteOf(
  name: string,
  cases: readonly Case[],
  durationMs: number,
  more: {
    readonly attributes: Readonly<Record<string, string>>;
    readonly head: readonly string[];
  },
): Suite {
  const lines = [...more.head, ...cases.map(caseXml)];
  const attributes = { name, ...counts(cases), time: secondsOf(durationMs), ...more.attributes };
  return { xml: element('testsuite', attributes, `\n    ${lines.join('\n    ')}\n  `), cases, durationMs };
}

function suite(report: ConformanceReport, scenario: ScenarioReport, index: number): Suite {
  const wall = report.volatile.wallTimes[index] ?? UNKNOWN;
  const durationMs = wall.startedAt === null ? scenario.durationMs : wall.durationMs;
  return suiteOf(scenario.scenario, casesOf(scenario, wall), durationMs, {
    attributes: place(report, wall.startedAt),
    head: [propertiesOf(scenario, report.reproduce)],
  });
}

function counts(cases: readonly Case[]) {
  const of = (kind: string) => cases.filter(({ result }) => result?.kind === kind).length;
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

/**
 * Writes reports as JUnit XML. Times are real seconds, of the wall's clock, whatever the clock of the run;
 * `timestamp`, `hostname` and they are all that differs between equal runs.
 */
export function formatJunit(report: ConformanceReport): string {
  const suites = [
    ...report.scenarios.map((scenario, index) => suite(report, scenario, index)),
    ...(report.notBegun ?? []).map(name =>
      suiteOf(name, [caseNotBegun(name)], 0, { attributes: place(report, null), head: [] }),
    ),
  ];
  const { tests, failures, errors } = counts(suites.flatMap(({ cases }) => cases));
  const time = secondsOf(suites.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const body = suites.map(({ xml }) => `  ${xml}\n`).join('');
  const root = element('testsuites', { name: 'mesh-harness', tests, failures, errors, time }, `\n${body}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}
