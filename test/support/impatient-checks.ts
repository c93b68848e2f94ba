/**
 * Checks that give up a mesh sooner than users' do. A mesh that comes up has converged after seconds, and to
 * call a broken one for two minutes shows nothing that the first seconds have not: a third of a row's time.
 * By night they wait as long as users' (`npm run tables`).
 */
import type { Topology } from '../../harness/model/topology.ts';
import type { Plan } from '../../harness/plan/step.ts';
import { checksFor } from '../../harness/verify/catalog.ts';
import type { Check } from '../../harness/verify/check.ts';
import type { CheckChoice } from '../../harness/verify/choose-checks.ts';
import { isNightly } from './nightly.ts';

/** Milliseconds of the world's clock. A call whose packets vanish takes ten seconds. */
const PATIENCE_MS = 12_000;

/** How the checks of a run differ from a user's. */
export interface Patience extends Pick<CheckChoice, 'extended' | 'allowChanges'> {
  /** What the run shows comes late, or is what users read: its checks wait as long as theirs by day too. */
  readonly showsLate?: boolean | undefined;
}

/** Returns the checks of a topology and a plan; by day impatient ones. */
export function impatientChecks(
  topology: Topology,
  plan: Plan,
  { showsLate = false, extended = false, allowChanges = false }: Patience = {},
): readonly Check[] {
  const checks = checksFor(topology, plan, { extended, allowChanges });
  if (isNightly || showsLate) return checks;
  return checks.map(check => ({
    ...check,
    run: context => check.run({ ...context, convergenceMs: Math.min(PATIENCE_MS, context.convergenceMs) }),
  }));
}
