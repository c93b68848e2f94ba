/** Holds what was seen of a misconfiguration against what must come of it. */
import type { ScenarioReport } from '../report/report.ts';
import type { Found } from './look.ts';
import type { Expectation } from './schema.ts';

/** Steps that wait for workloads: they fail whenever there is no pod, or no ready one. */
const WAITS = /\/(wait-for-helloworld-v\d|call-helloworld)$/;

/** What became of a misconfiguration. */
export interface Held {
  /** What is otherwise than it must be; empty if nothing is. */
  readonly problems: readonly string[];
  readonly calls: string;
  /** The first core check that fails, or `step ID`. */
  readonly caughtBy: string | null;
  /** The cause in the headline: that of the first finding, which may be a step's. */
  readonly headline: string | null;
  /** All causes that the diagnoses name, in their order. */
  readonly causes: readonly string[];
  /** The place of the expected cause among them; null if it is not there, or none is expected. */
  readonly rank: number | null;
}

/** Lists the causes that a report names: each once, in the order in which a reader meets them. */
const causesIn = ({ checks }: Pick<ScenarioReport, 'checks'>): readonly string[] => [
  ...new Set(
    checks.flatMap(({ outcome, level, diagnosis }) =>
      level === 'core' && outcome === 'failed' && diagnosis ? [diagnosis.cause] : [],
    ),
  ),
];

/** Compares a report, and what was found in the clusters, with an expectation. */
export function hold(seen: ScenarioReport, expected: Expectation, found?: Found): Held {
  const problems: string[] = [];
  const calls = seen.checks.flatMap(({ traffic }) => (traffic ? [traffic.symptom] : [])).join(' ');
  const differ = (what: string, is: string, wanted: string) => {
    if (is !== wanted) problems.push(`${what}: ${is || 'nothing'} instead of ${wanted || 'nothing'}`);
  };
  const check = seen.checks.find(({ level, outcome }) => level === 'core' && outcome !== 'passed');
  const step = seen.steps.find(({ outcome }) => outcome === 'failed');
  const caughtBy = check?.id ?? (seen.verdict !== 'passed' && step ? `step ${step.id}` : null);
  const causes = causesIn(seen);
  const at = expected.cause === undefined ? -1 : causes.indexOf(expected.cause);
  const rank = at < 0 ? null : at + 1;
  if (!new RegExp(`^(?:${expected.calls})$`).test(calls))
    problems.push(`calls: ${calls || 'nothing'} instead of ${expected.calls || 'nothing'}`);
  differ('verdict', seen.verdict, expected.passes === undefined ? 'failed' : 'passed');
  differ('caught by', caughtBy ?? '', expected.caughtBy ?? '');
  if (expected.cause !== undefined && (rank === null || rank > (expected.rank ?? 1)))
    problems.push(`cause: ${causes.join(', ') || 'none'} instead of ${expected.cause}`);
  if (expected.passes !== undefined && causes.length > 0)
    problems.push(`something is said of a mesh that works: ${causes.join(', ')}`);
  return {
    problems: [...problems, ...holdSteps(seen, expected), ...holdSigns(seen, expected, found)],
    calls,
    caughtBy,
    headline: seen.reason?.diagnosis?.cause ?? null,
    causes,
    rank,
  };
}

function holdSteps({ steps }: ScenarioReport, { steps: wanted }: Expectation): readonly string[] {
  if (!wanted) return [];
  const failed = steps.filter(({ id, outcome }) => outcome === 'failed' && (!WAITS.test(id) || id in wanted));
  const names = failed.map(({ id }) => id).sort();
  const problems =
    names.join() === Object.keys(wanted).sort().join()
      ? []
      : [
          `steps that fail: ${names.join(', ') || 'none'} instead of ${Object.keys(wanted).join(', ') || 'none'}`,
        ];
  for (const { id, commands } of failed) {
    const output = commands.map(({ stdout = '', stderr = '' }) => `${stdout}${stderr}`).join('');
    problems.push(...mismatch(id, output, wanted[id]));
  }
  return problems;
}

function holdSigns(seen: ScenarioReport, expected: Expectation, found: Found | undefined): readonly string[] {
  const problems: string[] = [];
  for (const { traffic } of seen.checks) {
    if (!traffic) continue;
    const errors = (traffic.sample ?? traffic.convergence.lastBatch)?.errors ?? [];
    const said = errors.map(({ error }) => error).join('\n');
    problems.push(...mismatch(`calls from ${traffic.from}`, said, expected.errors?.[traffic.from]));
  }
  for (const sign of ['istiod', 'status', 'pods', 'warnings'] as const)
    for (const [cluster, pattern] of Object.entries(expected[sign] ?? {}))
      if (found) problems.push(...mismatch(`${sign} of ${cluster}`, found[sign][cluster] ?? '', pattern));
  return problems;
}

function mismatch(what: string, text: string, pattern: string | undefined): readonly string[] {
  if (pattern === undefined || new RegExp(pattern, 'm').test(text)) return [];
  return [`${what}: /${pattern}/ is not in ${JSON.stringify(text.slice(0, 300))}`];
}
