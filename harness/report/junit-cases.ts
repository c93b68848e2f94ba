/** Steps and checks as test cases of JUnit. Pure. */

import type { Topology } from '../model/topology.ts';
import type { CaseGroup, ReportCase } from './cases.ts';
import { claimText, headlineLines, headlineOf, headlineText, type Part } from './headline.ts';
import { element, escapeXml } from './junit-xml.ts';
import { inWords } from './words.ts';

/** Writes milliseconds as seconds. */
export const secondsOf = (ms: number): string => (ms / 1000).toFixed(3);

/** Writes a case of a scenario: in its name the id in brackets, as its message the cause, data apart. */
export function caseXml(group: CaseGroup, each: ReportCase): string {
  const { part, id, durationMs } = each;
  const attributes =
    part === 'run'
      ? { classname: group.name, name: 'run' }
      : { classname: `${group.name}.${part}s`, name: `${each.name} (${id})` };
  const detail = detailOf(group, each);
  const time = secondsOf(durationMs);
  return element('testcase', { ...attributes, time }, ...(detail === '' ? [] : [detail]));
}

function detailOf({ scenario }: CaseGroup, each: ReportCase): string {
  const { part, outcome, problem, because, check } = each;
  const data = scenario && check && outcome !== 'passed' ? dataOf(scenario.topology, check) : '';
  if (because !== undefined) return `${element('skipped', { message: because })}${data}`;
  if (!problem) return '';
  const parts = headlineOf(problem, scenario?.omitted);
  const text = [...headlineLines(parts), ...(check ? [claimText(check)] : []), ...outputsOf(each)].join('\n');
  const attributes = { type: part, message: causeOf(parts) };
  return `${element(outcome === 'failed' ? 'failure' : 'error', attributes, escapeXml(text))}${data}`;
}

/** Returns the cause where it is known, else all of the headline. */
const causeOf = (parts: readonly Part[]): string =>
  parts.find(({ term }) => term === 'Cause')?.text ?? headlineText(parts);

const dataOf = (topology: Topology, { traffic, evidence }: NonNullable<ReportCase['check']>): string =>
  element(
    'system-out',
    {},
    escapeXml(JSON.stringify(traffic ? inWords(topology, traffic) : evidence, null, 2)),
  );

const outputsOf = ({ step }: ReportCase): readonly string[] =>
  (step?.commands ?? [])
    .filter(({ exitCode, fault }) => exitCode !== 0 || fault !== undefined)
    .map(({ line, exitCode, stderr = '', stdout = '' }) =>
      [`$ ${line}`, stdout, stderr, `(exit code ${exitCode})`].filter(part => part !== '').join('\n'),
    );
