/**
 * Keeps claims that pods use, and volumes that claims are bound to, from going
 * (pkg/controller/volume/pvcprotection, pvprotection @v1.34).
 */
import { type Controller, type ControllerContext, stopAll } from '../../client/controller.ts';
import { keyOf, type Pod } from '../../client/kinds.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { dropFinalizer } from '../../registry/finalizers.ts';
import { claimNamesOf } from '../pod-claims.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

/** A pod uses its claims from its binding until it has ended. */
const uses = ({ spec, status }: Pod): boolean =>
  (spec.nodeName ?? '') !== '' && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';

/** Starts the controllers that take the finalizers of claims and volumes away when nobody needs them. */
export function startStorageProtection({ component, client }: ControllerContext): Controller {
  const claims = new WorkQueue(
    component,
    key => {
      const [namespace = '', name = ''] = key.split('/');
      const claim = client.get(CLAIMS, namespace, name);
      if (claim?.metadata.deletionTimestamp === undefined) return;
      const isUsed = client
        .list('pods', { namespace })
        .some(pod => uses(pod) && claimNamesOf(pod).includes(name));
      if (!isUsed)
        client.local.modify(CLAIMS, namespace, name, draft => dropFinalizer(draft, CLAIM_FINALIZER));
    },
    CLAIMS,
  );
  const volumes = new WorkQueue(
    component,
    name => {
      const volume = client.get(VOLUMES, '', name);
      if (volume?.metadata.deletionTimestamp === undefined || volume.status?.phase === 'Bound') return;
      client.local.modify(VOLUMES, '', name, draft => dropFinalizer(draft, VOLUME_FINALIZER));
    },
    VOLUMES,
  );
  const stops = [
    () => claims.stop(),
    () => volumes.stop(),
    client.watch(CLAIMS, {}, ({ object }) => {
      if (object.metadata.deletionTimestamp !== undefined) claims.add(keyOf(object));
    }),
    client.watch(VOLUMES, {}, ({ object }) => {
      if (object.metadata.deletionTimestamp !== undefined) volumes.add(keyOf(object));
    }),
    client.watch('pods', {}, ({ type, object }) => {
      if (type !== 'DELETED' && uses(object)) return;
      for (const name of claimNamesOf(object)) claims.add(`${object.metadata.namespace}/${name}`);
    }),
  ];
  return { stop: () => stopAll(stops) };
}
