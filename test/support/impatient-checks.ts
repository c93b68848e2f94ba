/** Checks that give up a mesh sooner than users' do; by night they wait as long (`npm run tables`). */
import { impatient } from '../../harness/matrix/patience.ts';
import type { Topology } from '../../harness/model/topology.ts';
import type { Plan } from '../../harness/plan/step.ts';
import { checksFor } from '../../harness/verify/catalog.ts';
import type { Check } from '../../harness/verify/check.ts';
import type { CheckChoice } from '../../harness/verify/choose-checks.ts';
import { isNightly } from './nightly.ts';

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
  return isNightly || showsLate ? checks : impatient(checks);
}
