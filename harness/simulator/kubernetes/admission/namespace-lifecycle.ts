/** Nothing is created in a namespace that is not there, or that is on its way out. */

import type { AdmissionPlugin } from '../registry/admission.ts';
import { valueAt } from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import type { ResourceType } from '../registry/resources.ts';
import { type ApiError, forbidden, notFound } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';

/** Makes the 403 of a creation in a namespace on its way out. */
function beingTerminated(type: ResourceType, name: string, namespace: string): ApiError {
  return forbidden(
    type,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}

/** staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go @v1.32. */
export function namespaceLifecycle(store: Store, registry: ResourceRegistry): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: ({ operation, type, subresource }) =>
      operation === 'CREATE' && type.namespaced && subresource === '' && !type.virtual,
    mutate({ type, namespace, name, object }) {
      const found = store.get(registry.require('namespaces'), '', namespace);
      if (!found) throw notFound(registry.require('namespaces'), namespace);
      const terminating =
        found.metadata.deletionTimestamp !== undefined || valueAt(found, 'status', 'phase') === 'Terminating';
      if (terminating) throw beingTerminated(type, name, namespace);
      if (!object) throw new Error('a creation without an object');
      return object;
    },
  };
}
