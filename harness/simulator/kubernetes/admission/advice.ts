/**
 * Tells whoever writes an object what of it has no effect in this world.
 * Unlike Kubernetes, which has no such plug-in: in a real cluster what is written has its effect.
 */
import type { AdmissionPlugin } from '../registry/admission.ts';
import type { KubernetesObject } from '../registry/json.ts';

/** Tells what of an object has no effect, a sentence each; asked of every write. */
export type Advise = (object: KubernetesObject) => readonly string[];

/** Warns of all that `advise` tells; nothing is refused or changed. */
export function adviceAdmission(advise: Advise): AdmissionPlugin {
  return {
    name: 'MeshHarnessAdvice',
    handles: ({ operation, subresource }) =>
      subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
    validate: ({ object, type, warn }) => {
      // What a client sends or a patch makes may lack its kind.
      if (object) for (const sentence of advise({ ...object, kind: type.kind })) warn(sentence);
    },
  };
}
