/**
 * How a run with a real istiod differs from a row of the tables, which are what is seen with ours: in its
 * verdict, in calls, in pods and in the steps that fail.
 */
import type { ConformanceReport, ScenarioReport } from '../../../harness/report/report.ts';
import type { Expected } from '../../omissions/expected.ts';
import type { Case } from '../../omissions/hold-against.ts';

/** @returns a sentence for each difference, the same in every run */
export function differencesOf(report: ConformanceReport, each: Case): readonly string[] {
  const [seen] = report.scenarios;
  if (!seen) return ['the report has no scenario'];
  return [
    ...verdictOf(seen, each),
    ...callsOf(seen, each.expected),
    ...podsOf(seen, each.expected),
    ...stepsOf(seen, each.expected),
  ];
}

const unlessEqual = (what: string, found: unknown, expected: unknown): readonly string[] => {
  const [is, was] = [JSON.stringify(found), JSON.stringify(expected)];
  return is === was ? [] : [`${what}: ${is} instead of ${was}`];
};

const verdictOf = (seen: ScenarioReport, { harmless }: Case) =>
  unlessEqual('verdict', seen.verdict, harmless ? 'passed' : 'failed');

function callsOf(seen: ScenarioReport, { sees, fails = {} }: Expected): readonly string[] {
  return seen.checks.flatMap(({ traffic }) => {
    if (!traffic) return [];
    const { from, symptom, sample, convergence } = traffic;
    const pattern = fails[from];
    const others =
      (sample ?? convergence.lastBatch)?.errors.filter(({ error }) => !pattern?.test(error)) ?? [];
    return [
      ...unlessEqual(`calls from ${from}`, symptom, sees[from]),
      ...others.map(({ error }) => `calls from ${from} fail: ${error}`),
    ];
  });
}

const withoutHashes = (found: string): string => found.replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '');

const podsOf = (seen: ScenarioReport, { pods = {} }: Expected): readonly string[] =>
  seen.checks
    .filter(({ id }) => id.endsWith('-workloads-ready'))
    .flatMap(({ cluster = '', outcome, found }) =>
      unlessEqual(
        `pods in ${cluster}`,
        outcome === 'passed' ? 'ready' : withoutHashes(found),
        pods[cluster] ?? 'ready',
      ),
    );

function stepsOf(seen: ScenarioReport, { steps = {}, sees }: Expected): readonly string[] {
  // Half of these calls wait for 10 s, some of them twice, which is too long for the step: as chance has it.
  const isChance = (id: string) => sees[id.replace('/call-helloworld', '')] === 'B';
  const failed = seen.steps.filter(({ outcome }) => outcome !== 'done' && outcome !== 'omitted');
  const ids = (list: readonly string[]) => list.filter(id => !isChance(id)).sort();
  const words = failed.flatMap(({ id, problem }) => {
    const expected = steps[id];
    const said = inFullTime(problem?.message ?? '');
    return !expected || isChance(id) || expected.test(said) ? [] : [`${id} says: ${withoutHashes(said)}`];
  });
  return [
    ...unlessEqual('steps that fail', ids(failed.map(({ id }) => id)), ids(Object.keys(steps))),
    ...words,
  ];
}

/** The tables have the time that istioctl waits by default. */
const inFullTime = (message: string): string => message.replace(/(?<=not ready after )\d+m?\d*s/, '5m0s');
