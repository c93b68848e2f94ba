/** Reads the routes of a VirtualService for connections (networking.istio.io, TCPRoute, TLSRoute). */
import { list, tree } from '../../../../base/untyped.ts';
import { labels, text, texts } from './config-fields.ts';
import { readDestination } from './read-destination.ts';
import { gatewayKeys, type Reading } from './reading.ts';
import type { StreamMatch, StreamRouteConfig } from './stream-route.ts';

const MATCH = ['port', 'destinationSubnets', 'gateways', 'sourceLabels', 'sourceNamespace'];

/**
 * Reads one route.
 * @param kind - which of the two lists it is in
 * @returns undefined for a route that leads nowhere
 */
export function readStreamRoute(
  reading: Reading,
  kind: 'tcp' | 'tls',
  path: string,
  value: unknown,
): StreamRouteConfig | undefined {
  const { unsupported } = reading;
  const route = tree(value);
  unsupported.check(path, route, ['match', 'route']);
  const destinations = list(route['route']).map((item, at) => {
    const target = tree(item);
    unsupported.check(`${path}.route[${at}]`, target, ['destination', 'weight']);
    return {
      destination: readDestination(reading, target['destination']),
      weight: Number(target['weight'] ?? 0),
    };
  });
  const known = kind === 'tls' ? [...MATCH, 'sniHosts'] : MATCH;
  const matches = list(route['match']).map((item, at): StreamMatch => {
    const match = tree(item);
    unsupported.check(`${path}.match[${at}]`, match, known);
    return {
      port: match['port'] === undefined ? undefined : Number(match['port']),
      sniHosts: texts(match['sniHosts']),
      destinationSubnets: texts(match['destinationSubnets']),
      gateways: gatewayKeys(reading, match['gateways']),
      sourceLabels: labels(match['sourceLabels']),
      sourceNamespace: text(match['sourceNamespace']) || undefined,
    };
  });
  const isNowhere = destinations.every(({ weight }) => weight === 0) && destinations.length !== 1;
  return isNowhere ? undefined : { matches, destinations };
}
