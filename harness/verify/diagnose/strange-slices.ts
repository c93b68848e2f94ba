/** Endpoints of HelloWorld that somebody has written by hand. */
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { list } from '../../base/untyped.ts';
import type { ClusterName } from '../../model/names.ts';
import type { CheckContext, Diagnosis } from '../check.ts';
import { listPods } from '../pods.ts';
import { NAMESPACE, SERVICE } from '../workloads.ts';
import { mending } from './mending.ts';
import { at, text } from './object-fields.ts';
import { inOrder, type StepIndex } from './steps.ts';

/** An EndpointSlice, and its addresses that no pod of its cluster has. */
interface StrangeSlice {
  readonly cluster: ClusterName;
  readonly name: string;
  readonly addresses: readonly string[];
}

/** Tells whether no controller of Kubernetes looks after a slice. */
const isByHand = (slice: KubernetesObject): boolean =>
  slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] !== 'endpointslice-controller.k8s.io';

async function strangeSlicesIn({
  clusters,
  signal,
}: Pick<CheckContext, 'clusters' | 'signal'>): Promise<readonly StrangeSlice[]> {
  const path = { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', namespace: NAMESPACE };
  const labelSelector = `kubernetes.io/service-name=${SERVICE}`;
  const found = await Promise.all(
    [...clusters.values()].map(async ({ spec, client }) => {
      const own = new Set((await listPods(client, NAMESPACE, signal)).map(({ address }) => address));
      const { items } = await client.list(path, { labelSelector }, signal);
      return items.filter(isByHand).map(slice => ({
        cluster: spec.name,
        name: slice.metadata.name ?? '',
        addresses: list(at(slice, 'endpoints'))
          .flatMap(endpoint => list(at(endpoint, 'addresses')).map(text))
          .filter(address => address !== undefined && !own.has(address))
          .map(String),
      }));
    }),
  );
  return found.flat().filter(({ addresses }) => addresses.length > 0);
}

/**
 * Says which EndpointSlices of HelloWorld name addresses that are no pods of their cluster.
 * @returns undefined if none does
 * @throws KubernetesApiError
 */
export async function explainStrangeSlices(
  context: Pick<CheckContext, 'clusters' | 'signal'>,
  steps: StepIndex,
): Promise<Diagnosis | undefined> {
  const slices = await strangeSlicesIn(context);
  if (slices.length === 0) return undefined;
  const named = slices.map(
    ({ cluster, name, addresses }) =>
      `the EndpointSlice ${name} in ${cluster} names ${addresses.join(' and ')}, which no pod of ` +
      `${cluster} has`,
  );
  return {
    cause: 'endpoints-by-hand',
    sentence: `Somebody has written endpoints of HelloWorld by hand: ${named.join('; ')}.`,
    steps: inOrder(slices.flatMap(({ cluster }) => steps.about('service', cluster))),
    undo: slices.map(({ cluster, name }) =>
      mending(cluster, '-n', NAMESPACE, 'delete', 'endpointslice', name),
    ),
  };
}
