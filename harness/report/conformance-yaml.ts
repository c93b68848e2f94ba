/**
 * The report in the shape of the field's conformance reports: an implementation with its version, and a
 * profile for each scenario with the counts of its core and its extended tests.
 * @see Gateway API's ConformanceReport (apis/v1, release 1.3): `implementation`,
 *   `profiles[].core.statistics`, `failedTests`, `skippedTests`; the reasons beside the names are ours
 */
import { dump } from 'js-yaml';
import { allPrintable } from '../base/printable.ts';
import { type CaseGroup, caseGroupsOf, countCases, type ReportCase } from './cases.ts';
import { differenceSentence, releaseOf } from './found.ts';
import { headlineOf, headlineText } from './headline.ts';
import type { ConformanceReport, ScenarioReport } from './report.ts';

/** Writes the report as a YAML document. What has no verdict counts as failed, for nothing was shown. */
export function formatConformanceYaml(report: ConformanceReport): string {
  const { harness, verdict, evidence, volatile } = report;
  const document = {
    apiVersion: 'mesh-harness/v1',
    kind: 'ConformanceReport',
    ...(volatile.endedAt !== null && { date: volatile.endedAt }),
    harness: { name: harness.name, version: harness.version ?? 'unknown' },
    verdict,
    evidence,
    implementation: implementationOf(report.scenarios),
    profiles: caseGroupsOf(report).map(profileOf),
  };
  return dump(allPrintable(document), { lineWidth: -1, noRefs: true, skipInvalid: true });
}

/** Says what was under test: Istio only where it was Istio. */
function implementationOf(scenarios: readonly ScenarioReport[]) {
  const isReal = scenarios.length > 0 && scenarios.every(({ evidence }) => evidence === 'real');
  const versions = [...new Set(scenarios.map(releaseOf))];
  return isReal
    ? { organization: 'istio', project: 'istio', url: 'https://istio.io', version: versions.join(', ') }
    : {
        organization: 'mesh-harness',
        project: 'simulator',
        version: versions.join(', ') || 'none',
        note: 'a model of Istio in the place of Istio, in whole or in part: no claim about Istio',
      };
}

const noteOf = (note: string | undefined) => (note === undefined ? {} : { note });

function profileOf({ name, scenario, cases }: CaseGroup) {
  const [core, extended] = (['core', 'extended'] as const).map(level =>
    partOf(
      cases.filter(each => each.level === level),
      scenario,
    ),
  );
  const words = { success: 'succeeded', partial: 'succeeded partially', failure: 'failed' };
  return {
    name,
    ...(scenario && {
      platform: scenario.platform.name,
      edition: scenario.edition,
      version: releaseOf(scenario),
      ...(scenario.found && { found: scenario.found }),
      ...noteOf(differenceSentence(scenario)),
      evidence: scenario.evidence,
      ...(scenario.conclusion && { conclusion: scenario.conclusion }),
    }),
    summary: [core, extended]
      .flatMap((part, index) =>
        part ? [`${index === 0 ? 'Core' : 'Extended'} tests ${words[part.result]}.`] : [],
      )
      .join(' '),
    core,
    extended,
  };
}

/** Sums the cases of a level up; undefined of none. Those that were skipped make a success partial. */
function partOf(cases: readonly ReportCase[], scenario: ScenarioReport | undefined) {
  if (cases.length === 0) return undefined;
  const { passed, failed, unknown, skipped } = countCases(cases);
  const named = (wanted: readonly ReportCase['outcome'][]) =>
    cases
      .filter(({ outcome }) => wanted.includes(outcome))
      .map(({ id, problem, because = '' }) => ({
        name: id,
        reason: problem ? headlineText(headlineOf(problem, scenario?.omitted)) : because,
      }));
  const [failedTests, skippedTests] = [named(['failed', 'unknown']), named(['skipped'])];
  return {
    result: failed + unknown > 0 ? 'failure' : skipped > 0 ? 'partial' : 'success',
    statistics: { Passed: passed, Failed: failed + unknown, Skipped: skipped },
    ...(failedTests.length > 0 && { failedTests }),
    ...(skippedTests.length > 0 && { skippedTests }),
  } as const;
}
