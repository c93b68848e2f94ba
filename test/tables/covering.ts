/**
 * Which rows of the tables run in `npm test`. Plans that have the same number of networks share verification
 * and some steps before it, so the rows of these run for one of the plans; `npm run tables` runs them all. `covering.test.ts`
 * holds what is said here against the plans.
 */
import { isMultiNetwork } from '../../harness/model/topology.ts';
import type { Plan, Step } from '../../harness/plan/step.ts';
import { type PlanTable, verificationRows } from '../omissions/expected.ts';
import type { Case } from '../omissions/hold-against.ts';
import { dependentsOf } from '../support/dependents.ts';

/** Scenario → that whose rows stand for its own, where the same is left out or done wrong. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  'primary-remote': 'multi-primary',
  'primary-remote-multi-network': 'multi-primary-multi-network',
};

const ROWS_OF_VERIFICATION: ReadonlySet<string> = new Set(
  ['sleep', 'curl'].flatMap(client => Object.keys(verificationRows(false, client))),
);

/**
 * Steps of the installation that another plan has in the same words, with all that comes after them, by
 * edition and scenario.
 */
const THE_SAME_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  '1.8 primary-remote-multi-network': ['cluster2/install-gateway'],
  'current primary-remote': ['cluster1/list-remote-clusters'],
  'current primary-remote-multi-network': ['cluster1/list-remote-clusters', 'cluster2/wait-for-gateway'],
};

/** Whether the row is one of the section "Verify the Installation". */
export const isOfVerification = (id: string): boolean => ROWS_OF_VERIFICATION.has(id);

/**
 * @returns the scenario whose row runs instead, of the same edition and with the same id; undefined for a row
 *   that runs itself
 */
export const standInFor = ({ edition, scenario }: PlanTable, id: string): string | undefined =>
  isOfVerification(id) || THE_SAME_ELSEWHERE[`${edition} ${scenario}`]?.includes(id)
    ? STANDS_FOR[scenario]
    : undefined;

/**
 * What a case consists of: the steps that it leaves out or changes, and all that come after these, before and
 * after the change; and what is expected. Two cases in which all this is the same differ only in what was
 * done before.
 */
export function basisOf({ plan, changed, omit, harmless, because, expected, topology }: Case): unknown {
  const before = new Map(plan.steps.map(step => [step.id, JSON.stringify(step)]));
  const touched = [
    ...omit,
    ...changed.steps.filter(step => before.get(step.id) !== JSON.stringify(step)).map(({ id }) => id),
  ];
  const { from: _, ...seen } = expected;
  return {
    networks: isMultiNetwork(topology) ? 'several' : 'one',
    omit,
    before: partOf(plan, touched),
    after: partOf(changed, touched),
    harmless,
    because,
    seen,
  };
}

/**
 * Some steps and those that depend on them, as data; without what they need of steps before them, and where
 * the guide tells of them.
 */
function partOf(plan: Plan, ids: readonly string[]): readonly unknown[] {
  const part = new Set([...ids, ...ids.flatMap(id => dependentsOf(plan, id).map(step => step.id))]);
  return plan.steps
    .filter(({ id }) => part.has(id))
    .map(({ guide: _, ...step }: Step) => ({
      ...step,
      dependsOn: step.dependsOn.filter(id => part.has(id)),
      ...(step.follows && { follows: step.follows.filter(id => part.has(id)) }),
    }));
}
