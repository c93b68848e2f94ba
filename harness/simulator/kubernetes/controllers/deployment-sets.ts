/** The ReplicaSets of a Deployment as objects: names, annotations, revisions, owners; pure. */
import type { New } from '../client/cluster-client.ts';
import type { Deployment, ReplicaSet } from '../client/kinds.ts';
import { type Claimant, controllerReference } from './claim.ts';
import { podTemplateHash } from './pod-template-hash.ts';
import { limitsOf, newSetSize, replicasOf, sumOf } from './rollout.ts';

/** The annotation with the number of a ReplicaSet in the history of its Deployment. */
export const REVISION = 'deployment.kubernetes.io/revision';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';
/** Annotations of the Deployment that its ReplicaSets do not inherit. */
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.to',
]);

/** Returns the revision of a ReplicaSet; 0 if it has none. */
export const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[REVISION] ?? 0);

const numberIn = (set: ReplicaSet, annotation: string): number | undefined => {
  const text = set.metadata.annotations?.[annotation] ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
};

/** Returns how many replicas the Deployment had when a set was scaled last. */
export const desiredReplicasOf = (set: ReplicaSet): number | undefined => numberIn(set, DESIRED);
/** Returns how many pods the Deployment could have then, those above the wanted number included. */
export const maxReplicasOf = (set: ReplicaSet): number | undefined => numberIn(set, MAX);

/** Returns the annotations by which a set remembers the Deployment's size. */
export function sizeAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const wanted = deployment.spec.replicas ?? 1;
  return { [DESIRED]: String(wanted), [MAX]: String(wanted + limitsOf(deployment).surge) };
}

/**
 * Orders ReplicaSets by age, by name among equals. Of two sets with the current template the first is the new
 * one, so the order must not depend on what we write.
 */
export const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1);

/** Returns a Deployment as the claimant of its ReplicaSets. */
export const deploymentAsClaimant = (owner: Deployment): Claimant => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  owner,
});

/**
 * Returns the annotations of the current template's ReplicaSet. Its revision never goes back.
 * @param existing - the ReplicaSet as it is; undefined before it exists
 */
export function annotationsOf(
  deployment: Deployment,
  existing: ReplicaSet | undefined,
  revision: string,
): Readonly<Record<string, string>> {
  const inherited = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key]) => !OWN_ANNOTATIONS.has(key),
  );
  const before = existing ? revisionOf(existing) : 0;
  return {
    ...existing?.metadata.annotations,
    ...Object.fromEntries(inherited),
    [REVISION]: before >= Number(revision) ? String(before) : revision,
    ...(!existing && sizeAnnotations(deployment)),
  };
}

/**
 * Makes the ReplicaSet of the current template.
 * @param sets - those that the Deployment has
 */
export function newReplicaSet(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  annotations: Readonly<Record<string, string>>,
): New<ReplicaSet> {
  const { namespace = '', name = '' } = deployment.metadata;
  const { template, selector, strategy, minReadySeconds } = deployment.spec;
  const hash = podTemplateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
  // Recreate: the old pods go first.
  const waits = strategy?.type === 'Recreate' && sumOf(sets, replicasOf) > 0;
  return {
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { ...annotations },
      ownerReferences: [controllerReference(deploymentAsClaimant(deployment))],
    },
    spec: {
      replicas: waits ? 0 : newSetSize(deployment, 0, sets),
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** Returns the ReplicaSets without the one of the current template. */
export function othersOf(sets: readonly ReplicaSet[], newSet: ReplicaSet): readonly ReplicaSet[] {
  return sets.filter(({ metadata }) => metadata.uid !== newSet.metadata.uid);
}

/** Returns the ReplicaSets without pods, oldest first, as many as the history has no room for. */
export function surplusHistory(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const empty = old.filter(
    set =>
      replicasOf(set) === 0 &&
      (set.status?.replicas ?? 0) === 0 &&
      set.metadata.deletionTimestamp === undefined,
  );
  const surplus = empty.length - (deployment.spec.revisionHistoryLimit ?? 10);
  return [...empty].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, surplus));
}
