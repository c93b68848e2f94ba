/** What is wrong with a resource of Istio's, whoever asks. pkg/config/validation/validation.go @1.30.3 */
import { list, tree } from '../../../../base/untyped.ts';
import { problemsOfAuthorizationPolicy } from './authorization-policy-problems.ts';
import { labels } from './config-fields.ts';
import { problemsOfRouting, problemsOfSubsets } from './route-problems.ts';
import { problemsOfServiceEntry } from './service-entry-problems.ts';

type Tree = ReturnType<typeof tree>;

const TLS_MODES = ['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'];
const PROTOCOLS = ['HTTP', 'HTTPS', 'GRPC', 'HTTP2', 'MONGO', 'TCP', 'TLS'];

function problemsOfGateway(spec: Tree): string[] {
  const servers = list(spec['servers']).map(tree);
  if (servers.length === 0) return ['gateway must have at least one server'];
  return servers.flatMap(server => {
    const port = tree(server['port']);
    const protocol = String(port['protocol'] ?? '').toUpperCase();
    const mode = tree(server['tls'])['mode'];
    return [
      ...(Number.isInteger(port['number']) ? [] : ['port is required']),
      ...(port['name'] ? [] : ['port name must be set']),
      ...(PROTOCOLS.includes(protocol)
        ? []
        : [`invalid protocol "${port['protocol'] ?? ''}", supported protocols are ${PROTOCOLS.join(', ')}`]),
      ...(list(server['hosts']).length > 0 ? [] : ['server config must contain at least one host']),
      ...(mode === undefined || TLS_MODES.includes(String(mode))
        ? []
        : [`unknown value ${JSON.stringify(mode)} for enum tls.mode`]),
    ];
  });
}

function problemsOfVirtualService(spec: Tree): string[] {
  const routes = [...list(spec['http']), ...list(spec['tls']), ...list(spec['tcp'])].map(tree);
  return [
    ...(list(spec['hosts']).length > 0 ? [] : problemsOfDelegate(spec)),
    ...(routes.length > 0 ? [] : ['http, tcp or tls must be provided in virtual service']),
    ...list(spec['http']).map(tree).flatMap(problemsOfHttpRoute),
    ...problemsOfRouting(spec),
    ...list(spec['tls'])
      .map(tree)
      .flatMap(route =>
        list(route['match']).length > 0 ? [] : ['TLS route must have at least one match condition'],
      ),
  ];
}

/** One without hosts holds routes for others (validation.go @1.30.3, ValidateVirtualService). */
const problemsOfDelegate = (spec: Tree): string[] => {
  const isGiven = (field: string): boolean => list(spec[field]).length > 0;
  return [
    ...(isGiven('gateways') ? ['delegate virtual service must have no gateways specified'] : []),
    ...(isGiven('tls') ? ['delegate virtual service must have no tls route specified'] : []),
    ...(isGiven('tcp') ? ['delegate virtual service must have no tcp route specified'] : []),
  ];
};

/**
 * What a route of each kind may not have beside it (virtualservice.go, validateHTTPRouteConflict @1.30.3).
 */
const CONFLICTS: readonly (readonly [kind: string, other: string, problem: string])[] = [
  ['redirect', 'route', 'HTTP route cannot contain both route and redirect'],
  ['redirect', 'fault', 'HTTP route cannot contain both fault and redirect'],
  ['redirect', 'rewrite', 'HTTP route rule cannot contain both rewrite and redirect'],
  ['redirect', 'directResponse', 'HTTP route rule cannot contain both direct_response and redirect'],
  ['directResponse', 'route', 'HTTP route cannot contain both route and direct_response'],
  ['directResponse', 'fault', 'HTTP route cannot contain both fault and direct_response'],
  ['directResponse', 'rewrite', 'HTTP route rule cannot contain both rewrite and direct_response'],
];

function problemsOfHttpRoute(route: Tree): string[] {
  const has = (field: string): boolean => route[field] !== undefined && route[field] !== null;
  const destinations = list(route['route']).map(tree);
  const total = destinations.reduce((sum, { weight }) => sum + Number(weight ?? 0), 0);
  const kind = ['redirect', 'directResponse'].find(has);
  const isEmpty = !kind && !has('delegate') && destinations.length === 0;
  return [
    ...CONFLICTS.filter(([own, other]) => own === kind && has(other)).map(([, , problem]) => problem),
    ...(isEmpty ? ['HTTP route, redirect or direct_response is required'] : []),
    ...(destinations.length > 1 && total === 0 ? ['total destination weight = 0'] : []),
  ];
}

const problemsOfDestinationRule = (spec: Tree): string[] => [
  ...(spec['host'] ? [] : ['domain name "" invalid (label "" invalid)']),
  ...problemsOfSubsets(spec),
];

/** ValidatePeerAuthentication. */
function problemsOfPeerAuthentication(spec: Tree): string[] {
  const ports = Object.keys(tree(spec['portLevelMtls'])).map(Number);
  const selected = Object.keys(tree(tree(spec['selector'])['matchLabels']));
  return [
    ...(selected.length === 0 && ports.length > 0
      ? ['mesh/namespace peer authentication cannot have port level mTLS']
      : []),
    ...(spec['portLevelMtls'] && ports.length === 0
      ? ['port level mTLS, if defined, must have at least one element']
      : []),
    ...ports
      .filter(port => !Number.isInteger(port) || port < 1 || port > 65_535)
      .map(() => 'port must be in range 1..65535'),
    ...problemsOfSelector(spec),
  ];
}

/** Labels of a selector are compared as they are written (validateWorkloadSelector). */
const problemsOfSelector = (spec: Tree): string[] =>
  Object.entries(labels(tree(spec['selector'])['matchLabels'])).flatMap(([key, value]) => [
    ...(key === '' ? [`empty key is not supported in selector: "=${value}"`] : []),
    ...(key.includes('*') || value.includes('*')
      ? [`wildcard is not supported in selector: "${key}=${value}"`]
      : []),
  ]);

const CHECKS: Readonly<Record<string, (spec: Tree) => string[]>> = {
  Gateway: problemsOfGateway,
  VirtualService: problemsOfVirtualService,
  DestinationRule: problemsOfDestinationRule,
  ServiceEntry: problemsOfServiceEntry,
  AuthorizationPolicy: spec => [...problemsOfSelector(spec), ...problemsOfAuthorizationPolicy(spec)],
  PeerAuthentication: problemsOfPeerAuthentication,
};

/** Returns a sentence for each thing that a resource's spec could not mean; none for other kinds. */
export const problemsOf = (kind: string, spec: Tree): readonly string[] => CHECKS[kind]?.(spec) ?? [];
