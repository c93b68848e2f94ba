/** The columns of the kinds by which pods are reached: Services, endpoints and Ingresses. */
import { type KubernetesObject, listOf, objectOf, objectsOf, stringOf } from '../../registry/json.ts';
import {
  AGE,
  type Column,
  firstOf,
  formatMap,
  NAME,
  NONE,
  spec,
  status,
  strings,
  text,
  UNSET,
  wide,
} from './column.ts';

/** How many endpoints, ports or addresses a cell shows. */
const MOST_SHOWN = 3;

function externalAddress(service: KubernetesObject): string {
  const { type, externalIPs, externalName } = spec(service);
  const fixed = strings(externalIPs);
  switch (type) {
    case 'ExternalName':
      return stringOf(externalName) ?? '';
    case 'LoadBalancer': {
      const given = objectsOf(objectOf(status(service)['loadBalancer'])['ingress']).map(
        entry => stringOf(entry['ip']) || stringOf(entry['hostname']) || '',
      );
      const all = [...given, ...fixed].join(',');
      return all === '' ? '<pending>' : all;
    }
    default:
      return fixed.length > 0 ? fixed.join(',') : NONE;
  }
}

/** printService. */
export const SERVICE: readonly Column[] = [
  NAME,
  text('Type', service => spec(service)['type']),
  text('Cluster-IP', service => strings(spec(service)['clusterIPs'])[0] || NONE),
  text('External-IP', externalAddress),
  text('Port(s)', service => {
    const ports = objectsOf(spec(service)['ports']).map(({ port, nodePort, protocol }) =>
      nodePort === undefined
        ? `${String(port)}/${String(protocol)}`
        : `${String(port)}:${String(nodePort)}/${String(protocol)}`,
    );
    return ports.length > 0 ? ports.join(',') : NONE;
  }),
  AGE,
  wide('Selector', service => formatMap(spec(service)['selector'])),
];

/** Counts over all subsets, as the real one does. */
function endpointsCell(endpoints: KubernetesObject): string {
  const subsets = objectsOf(endpoints['subsets']);
  const all: string[] = [];
  for (const subset of subsets) {
    const ports = objectsOf(subset['ports']);
    for (const address of objectsOf(subset['addresses'])) {
      if (ports.length === 0) all.push(String(address['ip']));
      for (const port of ports) all.push(`${String(address['ip'])}:${String(port['port'])}`);
    }
  }
  return all.length === 0 ? NONE : firstOf(all, MOST_SHOWN);
}

/** printEndpoints. */
export const ENDPOINTS: readonly Column[] = [NAME, text('Endpoints', endpointsCell), AGE];

/** printEndpointSlice. */
export const ENDPOINT_SLICE: readonly Column[] = [
  NAME,
  text('AddressType', slice => slice['addressType']),
  text('Ports', slice => {
    const ports = objectsOf(slice['ports']).map(({ port, name }) =>
      port === undefined ? stringOf(name) || '*' : String(port),
    );
    return ports.length === 0 ? UNSET : firstOf(ports, MOST_SHOWN);
  }),
  text('Endpoints', slice => {
    const addresses = objectsOf(slice['endpoints']).flatMap(endpoint => strings(endpoint['addresses']));
    return addresses.length === 0 ? UNSET : firstOf(addresses, MOST_SHOWN);
  }),
  AGE,
];

/** printIngress. */
export const INGRESS: readonly Column[] = [
  NAME,
  text('Class', ingress => spec(ingress)['ingressClassName'] ?? NONE),
  text('Hosts', ingress => {
    const hosts = objectsOf(spec(ingress)['rules']).map(rule => stringOf(rule['host']) || '*');
    return hosts.length === 0 ? '*' : firstOf(hosts, MOST_SHOWN);
  }),
  text('Address', ingress =>
    objectsOf(objectOf(status(ingress)['loadBalancer'])['ingress'])
      .map(entry => stringOf(entry['ip']) || stringOf(entry['hostname']) || '')
      .join(','),
  ),
  text('Ports', ingress => (listOf(spec(ingress)['tls']).length > 0 ? '80, 443' : '80')),
  AGE,
];
