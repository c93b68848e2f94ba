/**
 * How a StatefulSet makes its pods, with their claims before them, and removes them
 * (pkg/controller/statefulset/stateful_pod_control.go @v1.34).
 */
import { messageOf } from '../../../../base/errors.ts';
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { ControllerContext } from '../../client/controller.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../client/kinds.ts';
import { hasCode } from '../../client/typed.ts';
import { ApiError } from '../../registry/status.ts';
import { isStale, ownersOf } from './claim-owners.ts';
import { claimsOf, hasIdentity, identityLabels } from './stateful-pods.ts';

const CLAIMS = 'persistentvolumeclaims';

type Tell = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** Writes the pods and claims of one set. */
export class StatefulPodControl {
  readonly #context: ControllerContext;
  readonly #set: StatefulSet;
  readonly #tell: Tell;

  constructor(context: ControllerContext, set: StatefulSet, tell: Tell) {
    this.#context = context;
    this.#set = set;
    this.#tell = tell;
  }

  /** Makes a pod and the claims that it lacks. @throws ApiError */
  async create(pod: KubernetesObject, ordinal: number): Promise<void> {
    try {
      await this.createClaims(pod.metadata.name ?? '', ordinal);
      await this.#context.client.local.createThroughAdmission('pods', pod);
    } catch (error) {
      if (!hasCode(error, 409)) this.#tellPod('create', pod.metadata.name, error);
      throw error;
    }
    this.#tellPod('create', pod.metadata.name);
  }

  /** Makes the claims of a pod that are not there. @throws ApiError if one of them cannot be */
  async createClaims(pod: string, ordinal: number): Promise<void> {
    const { client } = this.#context;
    const set = this.#set.metadata.name;
    for (const claim of claimsOf(this.#set, ordinal)) {
      const { namespace = '', name = '' } = claim.metadata;
      const known = client.get(CLAIMS, namespace, name);
      if (known?.metadata.deletionTimestamp !== undefined)
        throw new ApiError(409, 'Conflict', `pvc ${name} is being deleted`);
      if (known) continue;
      try {
        await client.local.createThroughAdmission(CLAIMS, claim);
        const text = `create Claim ${name} Pod ${pod} in StatefulSet ${set} success`;
        this.#tell('Normal', 'SuccessfulCreate', text);
      } catch (error) {
        if (hasCode(error, 409)) continue;
        const text = `create Claim ${name} for Pod ${pod} in StatefulSet ${set} failed error: ${messageOf(error)}`;
        this.#tell('Warning', 'FailedCreate', text);
        throw error;
      }
    }
  }

  /** Tells whether a claim of this number waits to go with the pod that had it: then no pod may be made. */
  hasStaleClaim(pod: string, ordinal: number): boolean {
    if (this.#set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false;
    return this.#claims(ordinal).some(claim => isStale(claim, { metadata: { name: pod, uid: '' } }));
  }

  #claims(ordinal: number): readonly PersistentVolumeClaim[] {
    const { client } = this.#context;
    return claimsOf(this.#set, ordinal)
      .map(({ metadata: { namespace = '', name = '' } }) => client.get(CLAIMS, namespace, name))
      .filter(claim => claim !== undefined);
  }

  /** Puts a pod's labels and the owners of its claims in order. */
  keep(pod: Pod, ordinal: number): void {
    const { client } = this.#context;
    const { namespace = '', name = '' } = pod.metadata;
    if (!hasIdentity(pod, this.#set, ordinal)) {
      client.local.modify('pods', namespace, name, draft => {
        draft.metadata.labels = { ...draft.metadata.labels, ...identityLabels(this.#set, ordinal) };
      });
      this.#tellPod('update', name);
    }
    for (const claim of this.#claims(ordinal)) {
      const owners = ownersOf(claim, this.#set, pod, ordinal);
      if (!owners) continue;
      client.local.modify(CLAIMS, namespace, claim.metadata.name ?? '', draft => {
        draft.metadata.ownerReferences = [...owners];
      });
    }
  }

  /** Deletes a pod, with its grace. */
  delete({ metadata: { namespace = '', name = '' } }: Pod): void {
    try {
      this.#context.client.local.delete('pods', namespace, name);
    } catch (error) {
      if (!hasCode(error, 404)) throw error;
      return;
    }
    this.#tellPod('delete', name);
  }

  #tellPod(verb: 'create' | 'update' | 'delete', pod = '', failure?: unknown): void {
    const what = `${verb} Pod ${pod} in StatefulSet ${this.#set.metadata.name}`;
    const end = `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}`;
    if (failure === undefined) this.#tell('Normal', `Successful${end}`, `${what} successful`);
    else if (this.#context.client.isOpen(this.#set.metadata.namespace ?? ''))
      this.#tell('Warning', `Failed${end}`, `${what} failed error: ${messageOf(failure)}`);
  }
}
