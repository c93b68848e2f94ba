/** A proxy as it introduces itself. */
import type { XdsNode } from '../../xds/node.ts';
import type { EndpointView } from './endpoint-filter.ts';

/** A connected proxy, its id taken apart. */
export interface ProxyNode {
  /** `sleep-xyz.sample` */
  readonly id: string;
  readonly role: 'sidecar' | 'router';
  readonly address: string;
  readonly podName: string;
  readonly namespace: string;
  readonly clusterId: string;
  readonly view: EndpointView;
  readonly metadata: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it is to be configured; else it asks a question. */
  readonly isProxy: boolean;
}

/**
 * @throws Error if the id is not of the form that Istio's agent gives (pilot/pkg/model/context.go,
 *   ParseServiceNodeWithMetadata)
 */
export function readProxyNode(node: XdsNode): ProxyNode {
  const [role = '', address = '', id = '', domain] = node.id.split('~');
  if ((role !== 'sidecar' && role !== 'router') || domain === undefined)
    throw new Error(`missing parts in the service node ${JSON.stringify(node.id)}`);
  const dot = id.lastIndexOf('.');
  const { CLUSTER_ID = '', NETWORK = '', REQUESTED_NETWORK_VIEW = '', NAMESPACE } = node.metadata;
  return {
    id,
    role,
    address,
    podName: id.slice(0, dot),
    namespace: NAMESPACE || id.slice(dot + 1),
    clusterId: CLUSTER_ID,
    view: {
      network: NETWORK,
      requestedNetworks: REQUESTED_NETWORK_VIEW.split(',').filter(network => network !== ''),
    },
    metadata: node.metadata,
    labels: node.labels,
    isProxy: node.proxyConfig !== undefined,
  };
}
