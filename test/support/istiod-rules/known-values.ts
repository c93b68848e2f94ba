/** Whether a release knows all values of a resource: one that it does not know ends the reading of its kind. */
import type { KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { isObject, tree } from '../../../harness/base/untyped.ts';
import { type Edition, typeOf } from '../../../harness/simulator/istio/registry/names.ts';
import type { FieldType } from '../../../harness/simulator/istio/registry/type-text.ts';

/** Fields that it does not know, it passes over. */
export function isKnownTo(edition: Edition, object: KubernetesObject): boolean {
  const type = typeOf(edition, object.kind ?? '');
  return !type || areKnown(type, object['spec']);
}

function areKnown(type: FieldType, value: unknown): boolean {
  switch (type.kind) {
    case 'scalar':
      return type.values.length === 0 || type.values.includes(String(value));
    case 'list':
    case 'map':
      return Object.values(tree(value)).every(item => areKnown(type.of, item));
    case 'object':
      return (
        !isObject(value) ||
        Object.entries(value).every(([name, item]) => {
          const field = type.fields.get(name);
          return !field || areKnown(field, item);
        })
      );
  }
}
