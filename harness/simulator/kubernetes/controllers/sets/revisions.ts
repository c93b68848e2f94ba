/**
 * The templates that a StatefulSet or DaemonSet has had, as ControllerRevisions
 * (pkg/controller/history/controller_history.go @v1.34).
 */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { ControllerRevision, LabelSelector, PodTemplate, Stored } from '../../client/kinds.ts';
import { hasCode, type TypedClient } from '../../client/typed.ts';
import { equal } from '../../registry/json.ts';
import { type Claimant, claim, controllerReference } from '../claim.ts';
import { podTemplateHash } from '../pod-template-hash.ts';

const REVISIONS = 'controllerrevisions.apps';

/** A set with templates. */
interface Templated {
  readonly claimant: Claimant & {
    readonly owner: Stored & { readonly spec: { readonly selector: LabelSelector } };
  };
  readonly template: PodTemplate;
  /** The label of revisions with their hash. */
  readonly hashLabel: string;
  /** How often a name was taken by another template. */
  readonly collisions: number;
}

/** The revisions of a set as of one look. */
interface Revisions {
  /** The older first. */
  readonly all: readonly ControllerRevision[];
  /** That of the set's present template. */
  readonly update: ControllerRevision;
  readonly collisions: number;
}

const byRevision = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision ||
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '');

/** Returns the revisions that a set has by now: it adopts those that nobody owns. */
function ownRevisions(client: TypedClient, { claimant }: Templated): readonly ControllerRevision[] {
  const { namespace = '' } = claimant.owner.metadata;
  const own = claim(client.local, REVISIONS, claimant, client.list(REVISIONS, { namespace }));
  return [...own].sort(byRevision);
}

const dataOf = (template: PodTemplate) => ({ spec: { template: { ...template, $patch: 'replace' } } });

/** Finds or makes the revision of a set's template; one that comes back becomes the newest. */
export function revisionsOf(client: TypedClient, set: Templated): Revisions {
  const all = ownRevisions(client, set);
  const newest = all.at(-1);
  const data = dataOf(set.template);
  const same = all.filter(revision => equal(revision.data, data)).at(-1);
  const next = (newest?.revision ?? 0) + 1;
  if (!same) {
    const { revision, collisions } = create(client, set, next);
    return { all: [...all, revision], update: revision, collisions };
  }
  const { collisions } = set;
  if (same === newest) return { all, update: same, collisions };
  const update = client.update(REVISIONS, { ...same, revision: next });
  return { all: [...all.filter(revision => revision !== same), update], update, collisions };
}

function create(
  client: TypedClient,
  { claimant, template, hashLabel, collisions }: Templated,
  revision: number,
): { readonly revision: ControllerRevision; readonly collisions: number } {
  const { namespace = '', name = '', annotations } = claimant.owner.metadata;
  for (let count = collisions; ; count++) {
    const hash = podTemplateHash(template, count);
    const object: KubernetesObject = {
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels: { ...template.metadata?.labels, [hashLabel]: hash },
        ...(annotations && { annotations: { ...annotations } }),
        ownerReferences: [controllerReference(claimant)],
      },
      data: dataOf(template),
      revision,
    };
    try {
      const made = client.local.create(REVISIONS, object) as unknown as ControllerRevision; // as it is stored
      return { revision: made, collisions: count };
    } catch (error) {
      if (!hasCode(error, 409)) throw error;
      const taken = client.get(REVISIONS, namespace, `${name}-${hash}`);
      if (taken && equal(taken.data, object['data'])) return { revision: taken, collisions: count };
    }
  }
}

/** Returns the template of a revision. */
export function templateOf({ data }: ControllerRevision): PodTemplate {
  const { $patch: _patch, ...template } = (data?.spec?.template ?? {}) as PodTemplate & { $patch?: string };
  return template as PodTemplate;
}

/** Removes the oldest revisions that no pod has, and that the history has no room for. */
export function dropRevisions(
  client: TypedClient,
  all: readonly ControllerRevision[],
  live: ReadonlySet<string>,
  limit: number,
): void {
  const old = all.filter(({ metadata }) => !live.has(metadata.name ?? ''));
  if (limit < 0) return;
  for (const { metadata } of old.slice(0, Math.max(0, old.length - limit))) {
    try {
      client.local.delete(REVISIONS, metadata.namespace ?? '', metadata.name ?? '');
    } catch (error) {
      if (!hasCode(error, 404)) throw error;
    }
  }
}
