/**
 * NDS: the addresses of the mesh's services by their names, for agents that answer DNS
 * (pkg/dns/server/name_table.go, BuildNameTable @1.31). Unlike the real one, it has no names of single
 * pods of a headless service.
 */
import { encodeMessage, type ProtoMessage } from '../../xds/proto/encode-message.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { addressFor, type PushContext, visibleServices } from '../mesh/push-context.ts';

/** Whose names they are. */
type Asker = Pick<ProxyNode, 'clusterId' | 'role' | 'view'>;

/**
 * Returns the bytes of istio.networking.nds.v1.NameTable; a service without an address is not in it. That of
 * a gateway is empty: nothing beside it asks for names.
 */
export function encodeNameTable(context: PushContext, asker: Asker): Uint8Array {
  const table: Record<string, ProtoMessage> = {};
  const services = asker.role === 'router' ? [] : visibleServices(context);
  for (const service of services) {
    const ips = addressesOf(context, service, asker);
    const { name, namespace } = service;
    if (ips.length === 0) continue;
    table[service.hostname] = service.external
      ? { ips, registry: 'External' }
      : { ips, registry: 'Kubernetes', shortname: name, namespace };
  }
  return encodeMessage('istio.networking.nds.v1.NameTable', { table });
}

/** Of a headless service the pods in the asker's own cluster and network, as Kubernetes' DNS has them. */
function addressesOf(
  context: PushContext,
  service: MeshService,
  { clusterId, view: { network } }: Asker,
): readonly string[] {
  if (service.external) return service.external.addresses;
  if (!service.isHeadless) {
    const address = addressFor(service, clusterId);
    return address === '' ? [] : [address];
  }
  const isSameNetwork = (other: string) => other === '' || network === '' || other === network;
  return context.state
    .endpoints(service.hostname)
    .filter(
      endpoint =>
        endpoint.servicePortName === service.ports[0]?.name &&
        endpoint.clusterId === clusterId &&
        isSameNetwork(endpoint.network),
    )
    .map(({ address }) => address);
}
