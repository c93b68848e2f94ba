/**
 * The report as JUnit XML, for CI systems: a suite for each scenario, a test case for each step and each
 * check.
 */
import { printable } from '../base/printable.ts';
import type { Problem } from '../run/events.ts';
import {
  claimText,
  headlineLines,
  headlineOf,
  headlineText,
  problemOfCheck,
  problemOfStep,
} from './headline.ts';
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport } from './report.ts';
import { evidenceSentence, figures, inWords, NEVER_BEGUN } from './words.ts';

/** Escapes text for XML 1.0: first what it cannot hold, and other control characters. */
function escapeXml(text: string): string {
  return printable(text)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\n/g, '&#10;')
    .replace(/\r/g, '&#13;')
    .replace(/\t/g, '&#9;');
}

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly durationMs: number;
  readonly result?: {
    readonly kind: 'failure' | 'error' | 'skipped';
    readonly type: string;
    readonly message: string;
    readonly text: string;
  };
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, body?: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return body === undefined
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${body}</${name}>`;
}

const secondsOf = (ms: number) => (ms / 1000).toFixed(3);
const kindOf = ({ kind }: Pick<Problem, 'kind'>) => (kind === 'mesh' ? 'failure' : 'error');

function stepCase(scenario: ScenarioReport, step: StepReport): Case {
  const { id, durationMs, outcome, problem } = step;
  const base = { classname: `${scenario.scenario}.steps`, name: id, durationMs };
  switch (outcome) {
    case 'done':
      return base;
    case 'failed': {
      const failed = step.commands.filter(({ exitCode, fault }) => exitCode !== 0 || fault !== undefined);
      const text = failed.map(({ line, exitCode, stderr, stdout }) =>
        [`$ ${line}`, stdout ?? '', stderr ?? '', `(exit code ${exitCode})`]
          .filter(part => part !== '')
          .join('\n'),
      );
      const told = problemOfStep(step);
      const parts = headlineOf(told, scenario.omitted);
      const [message, body] = [headlineText(parts), [...headlineLines(parts), ...text].join('\n')];
      return { ...base, result: { kind: kindOf(told), type: 'step', message, text: body } };
    }
    default: {
      const message =
        problem?.message ??
        {
          omitted: 'left out as asked',
          skipped: 'not run',
          interrupted: 'interrupted',
          'not-reached': 'not reached',
        }[outcome];
      return { ...base, result: { kind: 'skipped', type: outcome, message, text: '' } };
    }
  }
}

function checkCase(scenario: ScenarioReport, check: CheckReport): Case {
  const { id, durationMs, outcome, traffic, evidence } = check;
  const base = { classname: `${scenario.scenario}.checks`, name: id, durationMs };
  if (outcome === 'passed') return base;
  const problem = problemOfCheck(check);
  const parts = headlineOf(problem, scenario.omitted);
  const text = [
    ...headlineLines(parts),
    claimText(check),
    JSON.stringify(traffic ? inWords(traffic) : evidence, null, 2),
  ].join('\n');
  return { ...base, result: { kind: kindOf(problem), type: 'check', message: headlineText(parts), text } };
}

function suite(scenario: ScenarioReport): { readonly xml: string; readonly cases: readonly Case[] } {
  const cases = [
    ...scenario.steps.map(step => stepCase(scenario, step)),
    ...scenario.checks.map(check => checkCase(scenario, check)),
  ];
  const { reason } = scenario;
  const reasonText = reason && headlineText(headlineOf(reason, scenario.omitted));
  // A verdict that neither a step nor a check accounts for still has to show.
  if (scenario.verdict !== 'passed' && cases.every(({ result }) => !result || result.kind === 'skipped')) {
    const message = reasonText ?? `The run ended ${scenario.verdict}.`;
    const kind = scenario.verdict === 'failed' ? 'failure' : 'error';
    cases.push({
      classname: scenario.scenario,
      name: 'run',
      durationMs: scenario.durationMs,
      result: { kind, type: 'run', message, text: '' },
    });
  }
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
    ...(reasonText !== undefined && { reason: reasonText }),
  };
  const lines = [
    element(
      'properties',
      {},
      Object.entries(properties)
        .map(([name, value]) => element('property', { name, value }))
        .join(''),
    ),
    ...cases.map(({ classname, name, durationMs, result }) => {
      const attributes = { classname, name, time: secondsOf(durationMs) };
      if (!result) return element('testcase', attributes);
      const { kind, type, message, text } = result;
      const detail =
        kind === 'skipped'
          ? element('skipped', { message })
          : element(kind, { type, message }, escapeXml(text));
      return element('testcase', attributes, detail);
    }),
  ];
  const attributes = { name: scenario.scenario, ...counts(cases), time: secondsOf(scenario.durationMs) };
  return { xml: element('testsuite', attributes, `\n    ${lines.join('\n    ')}\n  `), cases };
}

/** Writes the suite of a scenario that was asked for and never begun: nothing is known of it. */
function suiteNotBegun(name: string): { readonly xml: string; readonly cases: readonly Case[] } {
  const result = { kind: 'error', type: 'run', message: NEVER_BEGUN, text: '' } as const;
  const cases = [{ classname: name, name: 'run', durationMs: 0, result }];
  const error = element('error', { type: result.type, message: result.message });
  const testcase = element('testcase', { classname: name, name: 'run', time: secondsOf(0) }, error);
  const attributes = { name, ...counts(cases), time: secondsOf(0) };
  return { xml: element('testsuite', attributes, `\n    ${testcase}\n  `), cases };
}

function counts(cases: readonly Case[]) {
  const of = (kind: string) => cases.filter(({ result }) => result?.kind === kind).length;
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

/**
 * Writes reports as JUnit XML. Times are of the run's clock, as the property `clock` says. It leaves out all
 * that differs between equal runs.
 */
export function formatJunit(report: ConformanceReport): string {
  const suites = [...report.scenarios.map(suite), ...(report.notBegun ?? []).map(suiteNotBegun)];
  const { tests, failures, errors } = counts(suites.flatMap(({ cases }) => cases));
  const time = secondsOf(report.scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const body = suites.map(({ xml }) => `  ${xml}\n`).join('');
  const root = element('testsuites', { name: 'mesh-harness', tests, failures, errors, time }, `\n${body}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}
