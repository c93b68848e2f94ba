/** Addresses of a control plane elsewhere, of which a later installation knows only the name. */
import type { InstallPlan } from '../../../simulator/istio/install/install-plan.ts';
import type { Call } from './verb.ts';

/** The installer's mark on whatever it made. */
const MADE_BY_INSTALLER = 'operator.istio.io/component';

/** Deletes the slices that an earlier run has made for what is now a Service of type ExternalName. */
export async function dropStaleSlices({ client, signal }: Call, plan: InstallPlan): Promise<void> {
  const named = plan.components
    .flatMap(({ objects }) => objects)
    .filter(
      ({ kind, ...object }) =>
        kind === 'Service' && (object['spec'] as { readonly type?: string }).type === 'ExternalName',
    );
  for (const { metadata } of named) {
    const slices = {
      apiVersion: 'discovery.k8s.io/v1',
      plural: 'endpointslices',
      namespace: metadata.namespace ?? '',
    };
    const labelSelector = `kubernetes.io/service-name=${metadata.name},${MADE_BY_INSTALLER}`;
    const { items } = await client.list(slices, { labelSelector }, signal);
    for (const slice of items)
      await client.delete({ ...slices, name: slice.metadata.name ?? '' }, {}, signal);
  }
}
