/**
 * The claims of a pod as the scheduler sees them: what keeps the pod from any node, which nodes reach its
 * volumes, and which volumes have to be found or made for it
 * (pkg/scheduler/framework/plugins/volumebinding @v1.34).
 */
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../client/kinds.ts';
import type { TypedClient } from '../client/typed.ts';
import { bestVolume, classOf, reaches } from './volume-match.ts';

/** The annotation by which the scheduler asks for a volume that a node reaches. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** Volumes of such a class are made by people. */
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const CLASSES = 'storageclasses.storage.k8s.io';

/** Names the claims of a pod. */
export const claimNamesOf = ({ spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []));

/** Tells whether a claim has its volume for good. */
export const isBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  (spec.volumeName ?? '') !== '' && metadata.annotations?.[BIND_COMPLETED] !== undefined;

/** Looks after the claims of one pod while a node is chosen for it. */
export class PodClaims {
  readonly #client: TypedClient;
  readonly #claims: readonly PersistentVolumeClaim[];
  /** Why no node will do; undefined if one may. */
  readonly problem: string | undefined;

  constructor(client: TypedClient, pod: Pod) {
    this.#client = client;
    const names = claimNamesOf(pod);
    const { namespace = '' } = pod.metadata;
    const found = names.map(name => client.get(CLAIMS, namespace, name));
    this.#claims = found.filter(claim => claim !== undefined);
    const missing = names.find((_, index) => !found[index]);
    const ending = this.#claims.find(({ metadata }) => metadata.deletionTimestamp !== undefined);
    if (missing !== undefined) this.problem = `persistentvolumeclaim ${JSON.stringify(missing)} not found`;
    else if (ending)
      this.problem = `persistentvolumeclaim ${JSON.stringify(ending.metadata.name)} is being deleted`;
    else if (this.#claims.some(claim => !isBound(claim) && !this.#waitsForPod(claim)))
      this.problem = 'pod has unbound immediate PersistentVolumeClaims';
  }

  #waitsForPod(claim: PersistentVolumeClaim): boolean {
    return this.#client.get(CLASSES, '', classOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  /** Says why a node will not do; undefined if it does. */
  refusal(node: Node): string | undefined {
    for (const claim of this.#claims) {
      if (isBound(claim)) {
        const volume = this.#client.get(VOLUMES, '', claim.spec.volumeName ?? '');
        if (!volume) return 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
        if (!reaches(node, volume)) return "node(s) didn't match PersistentVolume's node affinity";
      } else if (!this.#volumeFor(claim, node) && !this.#canBeMade(claim))
        return "node(s) didn't find available persistent volumes to bind";
    }
    return undefined;
  }

  #volumeFor(claim: PersistentVolumeClaim, node: Node): PersistentVolume | undefined {
    return bestVolume(this.#client.list(VOLUMES), claim, { node });
  }

  #canBeMade(claim: PersistentVolumeClaim): boolean {
    const provisioner = this.#client.get(CLASSES, '', classOf(claim))?.provisioner ?? NO_PROVISIONER;
    return provisioner !== NO_PROVISIONER;
  }

  /**
   * Keeps volumes for the claims that have none yet, or asks for new ones that the node reaches.
   * @returns whether all claims are bound: only then the pod may be
   */
  secure(node: Node): boolean {
    let isSecured = true;
    for (const claim of this.#claims) {
      if (isBound(claim)) continue;
      isSecured = false;
      const { namespace = '', name = '', uid = '' } = claim.metadata;
      const volume = this.#volumeFor(claim, node);
      if (volume) {
        if (volume.spec.claimRef?.uid === uid) continue;
        const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid };
        this.#client.local.modify(VOLUMES, '', volume.metadata.name ?? '', draft => {
          draft['spec'] = { ...(draft['spec'] as object), claimRef };
          draft.metadata.annotations = { ...draft.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
        });
      } else {
        this.#client.local.modify(CLAIMS, namespace, name, draft => {
          const selected = node.metadata.name ?? '';
          draft.metadata.annotations = { ...draft.metadata.annotations, [SELECTED_NODE]: selected };
        });
      }
    }
    return isSecured;
  }
}

/** Says that nobody but the cluster chose the other side of a binding. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
