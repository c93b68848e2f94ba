/**
 * Tells whoever writes an object what of it has no effect in this world.
 * Unlike Kubernetes, which has no such plug-in: in a real cluster what is written has its effect.
 */
import type { AdmissionPlugin } from '../registry/admission.ts';
import type { KubernetesObject } from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import type { ResourceKey } from '../registry/resources.ts';
import type { Store } from '../registry/store.ts';

/**
 * Tells what of an object has no effect, a sentence each; asked of every write.
 * @param look - lists the stored objects of a resource: `deployments.apps`
 */
export type Advise = (
  object: KubernetesObject,
  look: (resource: ResourceKey) => readonly KubernetesObject[],
) => readonly string[];

/** Warns of all that `advise` tells; nothing is refused or changed. */
export function adviceAdmission(advise: Advise, store: Store, registry: ResourceRegistry): AdmissionPlugin {
  const look = (resource: ResourceKey) => store.list(registry.require(resource));
  return {
    name: 'MeshHarnessAdvice',
    handles: ({ operation, subresource }) =>
      subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
    validate: ({ object, type, warn }) => {
      // What a client sends or a patch makes may lack its kind.
      if (object) for (const sentence of advise({ ...object, kind: type.kind }, look)) warn(sentence);
    },
  };
}
