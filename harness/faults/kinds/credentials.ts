/** What control planes and proxies know each other by: remote secrets, tokens, certificates. */
import { HarnessError } from '../../base/errors.ts';
import type { KubernetesObject } from '../../base/kubernetes-object.ts';
import { type FaultDefinition, type FaultHand, STAY_MS } from '../fault.ts';
import { clusterOf, theCluster, theOthers } from '../places.ts';

const SYSTEM = 'istio-system';
const READER = 'istio-reader-service-account';
const SECRETS = { apiVersion: 'v1', plural: 'secrets', namespace: SYSTEM };

/** Takes what the API server gave an object, so that it can be made anew. */
function withoutOrigin({ metadata, ...rest }: KubernetesObject): KubernetesObject {
  const { name, namespace, labels, annotations } = metadata;
  return {
    ...rest,
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
  };
}

/** Deletes secrets until the fault is cleared. */
async function takeAway(
  hand: FaultHand,
  cluster: string,
  secrets: readonly KubernetesObject[],
): Promise<void> {
  const client = hand.clientOf(cluster);
  for (const secret of secrets) {
    const { name } = secret.metadata;
    const path = { ...SECRETS, ...(name !== undefined && { name }) };
    hand.undoWith(`make the Secret ${name} in ${cluster} again`, async signal => {
      // It may not have gone, or somebody may have made it.
      if (!(await client.find(path, signal))) await client.create(SECRETS, withoutOrigin(secret), {}, signal);
    });
    await client.delete(path, {}, hand.signal);
  }
}

/** Finds the remote secrets of a cluster: cluster that has it → the secrets. */
async function remoteSecretsOf(hand: FaultHand): Promise<ReadonlyMap<string, readonly KubernetesObject[]>> {
  const { values, topology, signal } = hand;
  const found = new Map<string, readonly KubernetesObject[]>();
  for (const { name: holder } of topology.clusters) {
    if (values.from !== undefined && values.from !== holder) continue;
    const labelSelector = 'istio/multiCluster=true';
    const { items } = await hand.clientOf(holder).list(SECRETS, { labelSelector }, signal);
    // The keys of its data are the clusters' names.
    const secrets = items.filter(({ data }) => Object.hasOwn((data ?? {}) as object, clusterOf(hand)));
    if (secrets.length > 0) found.set(holder, secrets);
  }
  if (found.size > 0) return found;
  throw new HarnessError('ERR_USAGE', `No cluster has a remote secret of ${clusterOf(hand)}.`, {
    hint: 'kubectl get secrets -n istio-system -l istio/multiCluster=true shows those that there are.',
  });
}

const remoteSecretAway: FaultDefinition = {
  id: 'remote-secret-away',
  sentence: 'The remote secret of a cluster is deleted where it is read.',
  parameters: {
    cluster: theCluster('whose secret it is'),
    from: theOthers('in which it lies'),
  },
  does: 'Deletes the Secrets istio-remote-secret-CLUSTER.',
  real: {
    shows:
      'istiod forgets the cluster and its endpoints in a full push: symptom R. In primary-remote its ' +
      'proxies keep what they have, and cannot authenticate anew.',
    source: 'istio/istio pkg/kube/secretcontroller/secretcontroller.go @1.8.0',
  },
  clears: 'Makes the same Secrets again.',
  stayMs: STAY_MS,
  begin: async hand => {
    const found = await remoteSecretsOf(hand);
    for (const [holder, secrets] of found) await takeAway(hand, holder, secrets);
    return `the remote secret of ${clusterOf(hand)} is gone from ${[...found.keys()].join(', ')}`;
  },
};

const tokenRevoked: FaultDefinition = {
  id: 'remote-token-revoked',
  sentence: 'The token in the remote secret of a cluster is worth nothing any more.',
  parameters: { cluster: theCluster('whose token it is') },
  does: 'Deletes the Secret of istio-reader-service-account that holds the token, in the cluster itself.',
  real: {
    shows:
      'Watches that exist go on, and the last endpoints with them; when they break, istiod is answered ' +
      'Unauthorized and sees no change any more.',
    source: 'kubernetes/kubernetes pkg/serviceaccount/legacy.go @v1.32.0; client-go semantics (derived)',
  },
  clears: 'Makes the Secret again with the same token, which is valid then.',
  stayMs: STAY_MS,
  begin: async hand => {
    const cluster = clusterOf(hand);
    const { items } = await hand.clientOf(cluster).list(SECRETS, {}, hand.signal);
    const tokens = items.filter(
      ({ type, metadata }) =>
        type === 'kubernetes.io/service-account-token' &&
        metadata.annotations?.['kubernetes.io/service-account.name'] === READER,
    );
    if (tokens.length === 0)
      throw new HarnessError('ERR_USAGE', `${cluster} has no Secret with a token of ${READER}.`, {
        hint: 'Its remote secret holds a token that ends by itself.',
      });
    await takeAway(hand, cluster, tokens);
    return `the token of ${READER} in ${cluster} is revoked`;
  },
};

/** Faults of what control planes read of each other. */
export const CREDENTIALS: readonly FaultDefinition[] = [remoteSecretAway, tokenRevoked];
