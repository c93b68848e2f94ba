/** VirtualServices as a whole (validation.go, ValidateVirtualService @1.30.3 and @1.8.0). */
import { list, type Tree, trees } from '../../../../base/untyped.ts';
import { texts } from '../model/config-fields.ts';
import { gatewayNames, plainDestinations } from './destinations.ts';
import { type Context, each, type Findings, NONE, problem, problemIf, warningIf } from './findings.ts';
import { httpRoute } from './http-route.ts';
import { unreachableRules } from './unreachable-rules.ts';
import { exportTo, isAddress, port, subnet, wildcardDomain, workloadLabels } from './values.ts';

/** Hosts, gateways and routes of all kinds. */
export function virtualService(spec: Tree, context: Context): Findings {
  const hosts = texts(spec['hosts']);
  const gateways = texts(spec['gateways']);
  const isEmpty = ['http', 'tcp', 'tls'].every(kind => list(spec[kind]).length === 0);
  return [
    ...(hosts.length === 0 ? delegate(spec) : NONE),
    ...gatewayNames(gateways),
    ...hostsOf(hosts, isOfMesh(gateways)),
    ...problemIf(isEmpty, 'http, tcp or tls must be provided in virtual service'),
    ...each(trees(spec['http']), route => httpRoute(route, hosts.length === 0, context)),
    ...each(trees(spec['tls']), route => tlsRoute(route, hosts, context)),
    ...each(trees(spec['tcp']), route => [
      ...each(trees(route['match']), connection),
      ...problemIf(list(route['route']).length === 0, 'TCP route is required'),
      ...plainDestinations(trees(route['route']), context),
    ]),
    ...exportTo(spec['exportTo'], context),
    ...(context.isOld ? NONE : unreachableRules(spec)),
  ];
}

/** Without a gateway, or with `mesh` among them. */
const isOfMesh = (gateways: readonly string[]): boolean => gateways.length === 0 || gateways.includes('mesh');

/** One without hosts holds routes for others. */
const delegate = (spec: Tree): Findings => [
  ...problemIf(list(spec['gateways']).length > 0, 'delegate virtual service must have no gateways specified'),
  ...problemIf(list(spec['tls']).length > 0, 'delegate virtual service must have no tls route specified'),
  ...problemIf(list(spec['tcp']).length > 0, 'delegate virtual service must have no tcp route specified'),
];

/** Whether one host has the other among its names. */
const covers = (host: string, other: string): boolean => {
  const [one, two] = [host.replace(/^\*/, ''), other.replace(/^\*/, '')];
  if (host.startsWith('*') && other.startsWith('*'))
    return one.length < two.length ? two.endsWith(one) : one.endsWith(two);
  if (host.startsWith('*')) return other.endsWith(one);
  return other.startsWith('*') ? host.endsWith(two) : host === other;
};

function hostsOf(hosts: readonly string[], isMesh: boolean): Findings {
  const wrong = each(hosts, host => {
    const found = wildcardDomain(host);
    if (found.length > 0) return isAddress(host) ? NONE : found;
    return problemIf(
      isMesh && host === '*',
      'wildcard host * is not allowed for virtual services bound to the mesh gateway',
    );
  });
  if (wrong.length > 0) return wrong;
  return each(hosts, (host, at) =>
    each(hosts.slice(at + 1), other =>
      problemIf(covers(host, other), `duplicate hosts in virtual service: ${host} & ${other}`),
    ),
  );
}

const connection = (match: Tree): Findings => [
  ...each(texts(match['destinationSubnets']), subnet),
  ...(match['port'] ? port(match['port']) : NONE),
  ...workloadLabels(match['sourceLabels']),
  ...gatewayNames(texts(match['gateways'])),
];

const isWithin = (name: string, host: string): boolean =>
  host.startsWith('*') ? name.replace(/^\*/, '').endsWith(host.slice(1)) : name === host;

function tlsRoute(route: Tree, hosts: readonly string[], context: Context): Findings {
  const matches = trees(route['match']);
  return [
    ...problemIf(matches.length === 0, 'TLS route must have at least one match condition'),
    ...each(matches, match => {
      const names = texts(match['sniHosts']);
      return [
        ...problemIf(names.length === 0, 'TLS match must have at least one SNI host'),
        ...each(names, name => sniHost(name, hosts, context)),
        ...connection(match),
      ];
    }),
    ...problemIf(list(route['route']).length === 0, 'TLS route is required'),
    ...plainDestinations(trees(route['route']), context),
  ];
}

function sniHost(name: string, hosts: readonly string[], { isOld }: Context): Findings {
  const wrong = wildcardDomain(name);
  if (wrong.length > 0 && !isAddress(name)) return wrong;
  if (wrong.length > 0 && !isOld)
    return warningIf(
      true,
      `using an IP address ("${name}") goes against SNI spec and most clients do not support this`,
    );
  return hosts.some(host => isWithin(name, host))
    ? NONE
    : problem(
        `SNI host ${JSON.stringify(name)} is not a compatible subset of any of the virtual service hosts: ` +
          `[${hosts.join(', ')}]`,
      );
}
