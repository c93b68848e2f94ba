/** The two sides of a binding (pkg/controller/volume/persistentvolume/pv_controller.go @v1.34: bind). */
import type { PersistentVolume, PersistentVolumeClaim } from '../../client/kinds.ts';
import type { TypedClient } from '../../client/typed.ts';
import { equal } from '../../registry/json.ts';
import { BOUND_BY_CONTROLLER } from '../pod-claims.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

/** Binds a volume to a claim. @param time - of now, as the API has it @returns the volume as it is stored */
export function bindVolume(
  client: TypedClient,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
  time: string,
): PersistentVolume {
  const { namespace = '', name = '', uid = '', resourceVersion } = claim.metadata;
  let bound = volume;
  if (volume.spec.claimRef?.uid !== uid) {
    const claimRef = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace,
      name,
      uid,
      ...(resourceVersion !== undefined && { resourceVersion }),
    };
    const annotations =
      volume.spec.claimRef === undefined
        ? { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
        : volume.metadata.annotations;
    bound = client.update(VOLUMES, {
      ...volume,
      metadata: { ...volume.metadata, ...(annotations && { annotations }) },
      spec: { ...volume.spec, claimRef },
    });
  }
  if (bound.status?.phase === 'Bound') return bound;
  const status = { phase: 'Bound', lastPhaseTransitionTime: time };
  return client.updateStatus(VOLUMES, { ...bound, status });
}

/** Binds a claim to a volume. */
export function bindClaim(client: TypedClient, claim: PersistentVolumeClaim, volume: PersistentVolume): void {
  const { name = '' } = volume.metadata;
  const isChosen = (claim.spec.volumeName ?? '') !== '';
  const annotations = {
    ...claim.metadata.annotations,
    [BIND_COMPLETED]: 'yes',
    ...(!isChosen && { [BOUND_BY_CONTROLLER]: 'yes' }),
  };
  let bound = claim;
  if (claim.spec.volumeName !== name || !equal(annotations, claim.metadata.annotations)) {
    bound = client.update(CLAIMS, {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName: name },
    });
  }
  const status = {
    ...bound.status,
    phase: 'Bound',
    ...(volume.spec.accessModes && { accessModes: volume.spec.accessModes }),
    ...(volume.spec.capacity && { capacity: volume.spec.capacity }),
  };
  if (!equal(status, bound.status)) client.updateStatus(CLAIMS, { ...bound, status });
}
