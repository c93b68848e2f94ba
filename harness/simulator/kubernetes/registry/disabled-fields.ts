/**
 * Fields of pods that belong to features which are off: the server drops them without a word
 * (pkg/api/pod/util.go @v1.34, dropDisabledFields; pkg/features/kube_features.go).
 */
import { isObject, type JsonObject, objectOf, objectsOf } from './json.ts';

/** Of the pod: HostnameOverride. */
const OF_POD: readonly string[] = ['hostnameOverride'];
/** Of a container: ContainerRestartRules. */
const OF_CONTAINER: readonly string[] = ['restartPolicyRules'];

/** Drops what the spec of a pod or template has of them, in place; it writes to nothing that has none. */
export function dropDisabledFields(spec: JsonObject): void {
  for (const key of OF_POD) if (key in spec) delete spec[key];
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of objectsOf(spec[list])) {
      for (const key of OF_CONTAINER) if (key in container) delete container[key];
      // Init containers that go on beside the others are no part of the feature.
      const stays = list === 'initContainers' && container['restartPolicy'] === 'Always';
      if ('restartPolicy' in container && !stays) delete container['restartPolicy'];
      const lifecycle = objectOf(container['lifecycle']);
      if ('stopSignal' in lifecycle) delete lifecycle['stopSignal'];
    }
  }
  dropImageVolumes(spec);
}

/** A volume that is an image (ImageVolume), and what mounts it. */
function dropImageVolumes(spec: JsonObject): void {
  const volumes = objectsOf(spec['volumes']);
  const dropped = volumes.filter(volume => isObject(volume['image'])).map(volume => volume['name']);
  if (dropped.length === 0) return;
  spec['volumes'] = volumes.filter(volume => !isObject(volume['image']));
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of objectsOf(spec[list])) {
      const mounts = objectsOf(container['volumeMounts']);
      if (mounts.length > 0)
        container['volumeMounts'] = mounts.filter(mount => !dropped.includes(mount['name']));
    }
  }
}
