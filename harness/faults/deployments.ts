/** Deployments as faults change them: scaled to nothing, or rolled out anew. */
import type { ApiClient } from '../base/api-client.ts';
import { HarnessError } from '../base/errors.ts';
import type { KubernetesObject } from '../base/kubernetes-object.ts';
import { waitUntil } from '../base/wait.ts';
import type { FaultHand } from './fault.ts';

/** Deployments of a namespace, by a label of their pods: those of some samples have none themselves. */
interface DeploymentSelector {
  readonly namespace: string;
  /** `app=istiod` */
  readonly labelSelector: string;
}

const ROLLOUT_MS = 180_000;
const LOOK_EVERY_MS = 500;

const pathOf = (namespace: string, name?: string) => ({
  apiVersion: 'apps/v1',
  plural: 'deployments',
  namespace,
  ...(name !== undefined && { name }),
});

interface DeploymentShape extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy?: object;
    readonly template: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly object[] };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

/** @throws HarnessError ERR_USAGE if there is none */
async function deploymentsOf(
  client: ApiClient,
  cluster: string,
  { namespace, labelSelector }: DeploymentSelector,
  signal: AbortSignal,
): Promise<readonly DeploymentShape[]> {
  const [label = '', value] = labelSelector.split('=');
  const { items } = await client.list(pathOf(namespace), {}, signal);
  // As the API server validated them.
  const found = (items as unknown as readonly DeploymentShape[]).filter(
    ({ spec }) => spec.template.metadata?.labels?.[label] === value,
  );
  if (found.length === 0)
    throw new HarnessError('ERR_USAGE', `${cluster} has no Deployment ${labelSelector} in ${namespace}.`, {
      hint: `kubectl --context ${cluster} get deployments -A shows those that there are.`,
    });
  return found;
}

/** Scales Deployments to nothing until the fault is cleared. @returns their names */
export async function scaleAway(
  hand: FaultHand,
  cluster: string,
  selector: DeploymentSelector,
): Promise<string> {
  const client = hand.clientOf(cluster);
  const found = await deploymentsOf(client, cluster, selector, hand.signal);
  for (const { metadata, spec } of found) {
    const { replicas = 1 } = spec;
    const path = pathOf(selector.namespace, metadata.name);
    hand.undoWith(
      `kubectl --context ${cluster} scale deployment ${metadata.name} -n ${selector.namespace} ` +
        `--replicas=${replicas}`,
      signal => client.patch(path, 'merge', { spec: { replicas } }, {}, signal),
    );
    await client.patch(path, 'merge', { spec: { replicas: 0 } }, {}, hand.signal);
  }
  return found.map(({ metadata }) => metadata.name).join(', ');
}

/** Has the containers of Deployments fail at their start until the fault is cleared. @returns their names */
export async function crash(hand: FaultHand, cluster: string, selector: DeploymentSelector): Promise<string> {
  const client = hand.clientOf(cluster);
  const found = await deploymentsOf(client, cluster, selector, hand.signal);
  for (const { metadata, spec } of found) {
    const path = pathOf(selector.namespace, metadata.name);
    const { containers } = spec.template.spec;
    const back = { strategy: spec.strategy ?? null, template: { spec: { containers } } };
    hand.undoWith(`put the command of ${metadata.name} in ${cluster} back`, signal =>
      client.patch(path, 'merge', { spec: back }, {}, signal),
    );
    const failing = containers.map(container => ({ ...container, command: ['/bin/false'], args: [] }));
    // A rolling update would keep the pods that work.
    const strategy = { type: 'Recreate', rollingUpdate: null };
    const change = { strategy, template: { spec: { containers: failing } } };
    await client.patch(path, 'merge', { spec: change }, {}, hand.signal);
  }
  return found.map(({ metadata }) => metadata.name).join(', ');
}

/** Has Deployments make all of their pods anew. */
export async function rollOut(
  { clientOf, clock }: Pick<FaultHand, 'clientOf' | 'clock'>,
  cluster: string,
  selector: DeploymentSelector,
  signal: AbortSignal,
  annotations: Readonly<Record<string, string | null>> = {},
): Promise<void> {
  const client = clientOf(cluster);
  const restartedAt = new Date(clock.now()).toISOString();
  const template = {
    metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt, ...annotations } },
  };
  for (const { metadata } of await deploymentsOf(client, cluster, selector, signal)) {
    const path = pathOf(selector.namespace, metadata.name);
    await client.patch(path, 'merge', { spec: { template } }, {}, signal);
  }
}

/** Waits until all pods of Deployments are new and ready. @throws HarnessError ERR_TIMEOUT after 3 minutes */
export async function waitForRollOut(
  { clientOf, clock }: Pick<FaultHand, 'clientOf' | 'clock'>,
  cluster: string,
  selector: DeploymentSelector,
  signal: AbortSignal,
): Promise<void> {
  const client = clientOf(cluster);
  await waitUntil(
    `the pods of ${selector.labelSelector} in ${cluster} to be new and ready`,
    async () =>
      (await deploymentsOf(client, cluster, selector, signal))
        .filter(each => !isRolledOut(each))
        .map(({ metadata }) => metadata.name),
    waiting => waiting.length === 0,
    { timeoutMs: ROLLOUT_MS, intervalMs: LOOK_EVERY_MS, clock, signal },
  );
}

function isRolledOut({ metadata, spec, status = {} }: DeploymentShape): boolean {
  const { replicas = 1 } = spec;
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    [status.replicas, status.updatedReplicas, status.availableReplicas].every(
      count => (count ?? 0) === replicas,
    )
  );
}
