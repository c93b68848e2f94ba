/**
 * Keeps pods from a new node until its kubelet says that it is ready (plugin/pkg/admission/nodetaint @v1.34).
 */
import type { AdmissionPlugin } from '../registry/admission.ts';
import { copy, objectOf, objectsOf } from '../registry/json.ts';

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** Gives each new node the taint, unless it comes with it. */
export function nodeTaint(): AdmissionPlugin {
  return {
    name: 'TaintNodesByCondition',
    about: ['nodes'],
    handles: ({ operation, subresource }) => operation === 'CREATE' && subresource === '',
    mutate: ({ object }) => {
      if (!object) throw new Error('a creation without an object');
      const spec = objectOf(object['spec']);
      const taints = objectsOf(spec['taints']);
      if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect))
        return object;
      const changed = copy(object);
      changed['spec'] = { ...copy(spec), taints: [...copy(taints), { ...NOT_READY }] };
      return changed;
    },
  };
}
