/** A control plane that is not there: its proxies keep what they were told last, and hear of nothing new. */
import { type ClusterSpec, controlPlaneOf } from '../../model/topology.ts';
import type { CheckContext, Diagnosis } from '../check.ts';
import { listPods } from '../pods.ts';
import { ISTIO_NAMESPACE } from '../workloads.ts';
import { mending } from './mending.ts';
import { at } from './object-fields.ts';
import { inOrder, type StepIndex } from './steps.ts';

/**
 * Says that the control plane of a cluster has no istiod that is ready, and why.
 * @returns undefined if it has one
 * @throws KubernetesApiError
 */
export async function explainIstiodAway(
  { clusters, signal }: Pick<CheckContext, 'clusters' | 'signal'>,
  spec: ClusterSpec,
  steps: StepIndex,
): Promise<Diagnosis | undefined> {
  const plane = controlPlaneOf(spec);
  const client = clusters.get(plane)?.client;
  if (!client) return undefined;
  const pods = (await listPods(client, ISTIO_NAMESPACE, signal)).filter(({ app }) => app === 'istiod');
  if (pods.some(({ readyContainers }) => readyContainers > 0)) return undefined;
  const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: ISTIO_NAMESPACE };
  const [deployment] = (await client.list(path, { labelSelector: 'app=istiod' }, signal)).items;
  const known = {
    cause: 'istiod-not-ready',
    steps: inOrder(steps.about('install', plane)),
  } as const;
  const then = `proxies of ${spec.name} hear of no change`;
  if (!deployment) return { ...known, sentence: `No istiod is installed in ${plane}: ${then}.` };
  const name = deployment.metadata.name ?? 'istiod';
  if (at(deployment, 'spec', 'replicas') !== 0)
    return { ...known, sentence: `No pod of ${name} in ${plane} is ready: ${then}.` };
  return {
    ...known,
    sentence: `The Deployment ${name} in ${plane} is scaled to 0: ${then}.`,
    undo: [mending(plane, '-n', ISTIO_NAMESPACE, 'scale', 'deployment', name, '--replicas=1')],
  };
}
