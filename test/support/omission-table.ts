/** The table of omissions of a plan: each step left out, one after the other, and what calls from each client then show. */
import t from 'tap';
import { planOf, topologyOf } from '../plan/scenarios.ts';
import { attempt } from './trial.ts';

/** Symptoms in the order of the clusters (`R NOPOD`), and where it matters what a warning in the cluster says on top. */
export type OmissionRow = string | { readonly shows: string; readonly warning: readonly [cluster: string, RegExp] };

/** No pod is created in a cluster: what its API server says of the webhook. */
export const refusedIn = (cluster: string, because: string, shows = 'R NOPOD'): OmissionRow => ({
  shows,
  warning: [
    cluster,
    new RegExp(`^FailedCreate: .*failed calling webhook "namespace.sidecar-injector.istio.io": .*: ${because}`),
  ],
});

/**
 * Holds a table against the plan, both ways: it has a row for each step and no other, a run without a step passes if the step says that
 * this is harmless, and fails if it does not.
 * @param rows - by step
 */
export async function omissionTable(
  scenario: string,
  edition: string,
  rows: Readonly<Record<string, OmissionRow>>,
): Promise<void> {
  const topology = await topologyOf(scenario);
  const plan = await planOf(scenario, edition);
  t.same(Object.keys(rows).sort(), plan.steps.map(({ id }) => id).sort(), 'there is a row for every step');
  for (const { id, omission } of plan.steps) {
    const row = rows[id] ?? '';
    const { shows, warning } = typeof row === 'string' ? { shows: row, warning: undefined } : row;
    await t.test(`without ${id}: ${shows}`, async t => {
      const trial = await attempt({ topology, edition, omit: [id] });
      t.equal(trial.verdict, omission.harmless ? 'passed' : 'failed', omission.because);
      t.equal(trial.symptoms, shows);
      if (omission.harmless) t.same(trial.failed, []);
      // The first finding is what a reader sees.
      else t.equal(trial.reason?.kind, 'mesh', trial.reason?.message ?? 'there is no finding');
      if (warning) t.match(trial.warnings(warning[0]), warning[1]);
    });
  }
}
