/**
 * How a cluster finds a control plane that runs elsewhere: services without selector, with the gateway's
 * address as endpoint.
 */
import { isIPv4 } from 'node:net';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { revised } from '../revision.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';

/**
 * 1.8: beside the local istiod, for xDS only. manifests/charts/base/templates/services.yaml, endpoints.yaml
 * @1.8.0
 */
export function remoteDiscoveryOf18(address: string): KubernetesObject[] {
  const meta = { name: 'istiod-remote', namespace: ISTIO_NAMESPACE, labels: { release: 'istio' } };
  const ports = [{ name: 'tcp-istiod', port: 15012, protocol: 'TCP' }];
  return [
    kubernetesObject('v1', 'Service', meta, { spec: { clusterIP: 'None', ports } }),
    kubernetesObject('v1', 'Endpoints', meta, { subsets: [{ addresses: [{ ip: address }], ports }] }),
  ];
}

/**
 * current: in place of a local istiod. templates/remote-istiod-service.yaml,
 * remote-istiod-endpointslices.yaml @1.30.3
 */
export function remoteIstiod(address: string, revision: string): KubernetesObject[] {
  const meta = {
    name: revised('istiod', revision),
    namespace: ISTIO_NAMESPACE,
    labels: { app: 'istiod', release: 'istio', 'istio.io/rev': revision },
  };
  const ports = [
    { name: 'tcp-istiod', port: 15012, protocol: 'TCP' },
    { name: 'tcp-webhook', port: 443, targetPort: 15017, protocol: 'TCP' },
  ];
  if (!isIPv4(address))
    return [
      kubernetesObject('v1', 'Service', meta, {
        spec: { type: 'ExternalName', externalName: address, ports },
      }),
    ];
  return [
    kubernetesObject('v1', 'Service', meta, { spec: { ports } }),
    kubernetesObject(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      {
        ...meta,
        labels: {
          'endpointslice.kubernetes.io/managed-by': 'Helm',
          'kubernetes.io/service-name': meta.name,
        },
      },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: [address] }],
        ports: [
          { name: 'tcp-istiod', port: 15012, protocol: 'TCP' },
          { name: 'tcp-webhook', port: 15017, protocol: 'TCP' },
        ],
      },
    ),
  ];
}
