/** The part of a plan that deploys the guide's workloads, as a plan of its own. */
import type { ClusterName } from '../model/names.ts';
import type { Plan } from './step.ts';

const NAMESPACE = 'create-sample-namespace';
/** Ids without their cluster, in both editions; those that wait belong to the deployment before them. */
const OF_WORKLOADS =
  /^(create-(sample-namespace|helloworld-service)|enable-injection|wait-for-helloworld-v\d+|deploy-.+)$/;

/**
 * Returns the steps that deploy HelloWorld and the client into a mesh which is there already.
 * @param withNamespace - clusters that have the namespace, so that it cannot be created
 */
export function workloadSteps(plan: Plan, withNamespace: readonly ClusterName[]): Plan {
  const steps = plan.steps.filter(({ id, cluster }) => {
    const action = id.slice(id.indexOf('/') + 1);
    if (cluster === undefined || !OF_WORKLOADS.test(action)) return false;
    return action !== NAMESPACE || !withNamespace.includes(cluster);
  });
  const ids = new Set(steps.map(({ id }) => id));
  const errata = new Set(steps.flatMap(step => step.errata));
  return {
    ...plan,
    steps: steps.map(step => ({ ...step, dependsOn: step.dependsOn.filter(id => ids.has(id)) })),
    errata: plan.errata.filter(({ id }) => errata.has(id)),
  };
}
