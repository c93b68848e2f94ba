/** Rules for HelloWorld, as many tests apply them. */
import type { KubernetesObject } from '../../harness/base/kubernetes-client.ts';

/** The name of its Service in the mesh. */
export const HELLOWORLD = 'helloworld.sample.svc.cluster.local';

/** @param spec - without the host */
export const destinationRule = (spec: object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'DestinationRule',
  metadata: { name: 'rule', namespace: 'sample' },
  spec: { host: HELLOWORLD, ...spec },
});
