/** Sidecars (validation.go, ValidateSidecar @1.30.3 and @1.8.0). */
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import { texts } from '../model/config-fields.ts';
import { connectionPool } from './connection-pool.ts';
import { destination } from './destinations.ts';
import {
  type Context,
  each,
  type Findings,
  NONE,
  problem,
  problemIf,
  warning,
  warningIf,
} from './findings.ts';
import { serverTls } from './server-tls.ts';
import {
  addressOf,
  domainName,
  has,
  hostOfNamespace,
  isTls,
  port,
  portName,
  protocol,
  selectorLabels,
  socketPath,
  textOf,
} from './values.ts';

const SOCKET = 'unix://';
const BESIDE = ['outboundTrafficPolicy', 'inboundConnectionPool'];

/** A rule of what the proxies of a namespace, or of some workloads, take in and see. */
export function sidecar(spec: Tree, context: Context): Findings {
  const { isOld } = context;
  const labels = tree(spec['workloadSelector'])['labels'];
  const selector = selectorLabels(labels);
  if (selector.length > 0) return selector;
  const [egress, ingress] = [trees(spec['egress']), trees(spec['ingress'])];
  if (isOld && egress.length === 0) return problem('sidecar: missing egress');
  if (egress.length === 0 && ingress.length === 0 && !BESIDE.some(name => has(spec, name)))
    return problem('sidecar: empty configuration provided');
  const withoutLabels = has(spec, 'workloadSelector') && Object.keys(tree(labels)).length === 0;
  return [
    ...warningIf(
      !isOld && withoutLabels,
      'sidecar: workload selector specified without labels, will be applied to all services in namespace',
    ),
    ...inbound(ingress, isOld),
    ...(!isOld && has(spec, 'inboundConnectionPool')
      ? connectionPool(tree(spec['inboundConnectionPool']), false)
      : NONE),
    ...outbound(egress, context),
    ...outboundPolicy(tree(spec['outboundTrafficPolicy'])),
  ];
}

const numberOf = (listener: Tree): number => Number(tree(listener['port'])['number'] ?? 0);
const UNIQUE = 'sidecar: ports on IP bound listeners must be unique';

const inbound = (listeners: readonly Tree[], isOld: boolean): Findings =>
  each(listeners, (listener, at) => {
    if (!has(listener, 'port')) return problem('sidecar: port is required for ingress listeners');
    const earlier = listeners
      .slice(0, at)
      .filter(other => has(other, 'port'))
      .map(numberOf);
    return [
      ...boundPort(tree(listener['port']), textOf(listener, 'bind')),
      ...problemIf(earlier.includes(numberOf(listener)), UNIQUE),
      ...(isOld ? oldEndpoint(listener) : defaultEndpoint(textOf(listener, 'defaultEndpoint'))),
      ...(!isOld && has(listener, 'tls') ? ingressTls(listener) : NONE),
      ...(!isOld && has(listener, 'connectionPool')
        ? connectionPool(tree(listener['connectionPool']), false)
        : NONE),
    ];
  });

const boundPort = (fields: Tree, bind: string): Findings => [
  ...(textOf(fields, 'name') === '' ? NONE : portName(textOf(fields, 'name'))),
  ...protocol(fields['protocol']),
  ...port(fields['number']),
  ...(bind === '' ? NONE : addressOf(bind)),
];

const portText = (given: string): Findings =>
  /^[-+]?\d+$/.test(given)
    ? port(Number(given))
    : problem(
        `sidecar: defaultEndpoint port (${given}) is not a number: ` +
          `strconv.Atoi: parsing ${JSON.stringify(given)}: invalid syntax`,
      );

const LOCAL = ['', '127.0.0.1', '0.0.0.0', '::1', '::'];

function defaultEndpoint(endpoint: string): Findings {
  if (endpoint === '') return NONE;
  if (endpoint.startsWith(SOCKET)) return socketPath(endpoint.slice(SOCKET.length));
  const [, bracketed, plain = '', number] = /^(?:\[([^\]]*)\]|([^:]*)):(.*)$/.exec(endpoint) ?? [];
  const host = bracketed ?? plain;
  return [
    ...problemIf(number === undefined, `address ${endpoint}: missing port in address`),
    ...problemIf(
      !LOCAL.includes(host),
      'sidecar: defaultEndpoint must be of form ' +
        '127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset',
    ),
    ...portText(number ?? ''),
  ];
}

function oldEndpoint(listener: Tree): Findings {
  const endpoint = textOf(listener, 'defaultEndpoint');
  if (endpoint === '') return problem('sidecar: default endpoint must be set for all ingress listeners');
  if (endpoint.startsWith(SOCKET)) return socketPath(endpoint.slice(SOCKET.length));
  const [host = '', number] = endpoint.split(':');
  const form = 'sidecar: defaultEndpoint must be of form 127.0.0.1:<port>';
  if (number === undefined) return problem(form);
  return [...problemIf(host !== '' && host !== '127.0.0.1', form), ...portText(number)];
}

/** What TLS at a sidecar's own listener has not. */
const NOT_INBOUND = [
  ['subjectAltNames', 'subjectAltNames is not supported in ingress tls'],
  ['httpsRedirect', 'httpsRedirect is not supported'],
  ['credentialName', 'credentialName is not currently supported'],
  ['credentialNames', 'credentialNames is not currently supported'],
  ['tlsCertificates', 'tls_certificates is not currently supported'],
] as const;

function ingressTls(listener: Tree): Findings {
  const settings = tree(listener['tls']);
  const isGiven = (name: string): boolean => {
    const value = settings[name];
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  };
  const mode = textOf(settings, 'mode');
  return [
    ...each(NOT_INBOUND, ([name, told]) => problemIf(isGiven(name), `sidecar: ${told}`)),
    ...problemIf(
      ['ISTIO_MUTUAL', 'AUTO_PASSTHROUGH'].includes(mode),
      `configuration is invalid: cannot set mode to ${mode} in sidecar ingress tls`,
    ),
    ...problemIf(
      !isTls(textOf(listener['port'], 'protocol')),
      'server cannot have TLS settings for non HTTPS/TLS ports',
    ),
    ...serverTls(settings, false),
  ];
}

const outbound = (listeners: readonly Tree[], context: Context): Findings =>
  each(listeners, (listener, at) => {
    const hosts = texts(listener['hosts']);
    return [
      ...(has(listener, 'port')
        ? outboundPort(listener, listeners.slice(0, at))
        : problemIf(
            at < listeners.length - 1,
            'sidecar: the egress listener with empty port should be the last listener in the list',
          )),
      ...problemIf(hosts.length === 0, 'sidecar: egress listener must contain at least one host'),
      ...(context.isOld
        ? each(hosts, host => hostOfNamespace(host, false, true))
        : hostsOf(hosts, context.namespace)),
    ];
  });

function outboundPort(listener: Tree, before: readonly Tree[]): Findings {
  const [fields, bind] = [tree(listener['port']), textOf(listener, 'bind')];
  const earlier = before.filter(other => has(other, 'port'));
  if (numberOf(listener) !== 0)
    return [
      ...boundPort(fields, bind),
      ...problemIf(earlier.map(numberOf).includes(numberOf(listener)), UNIQUE),
    ];
  const isSame = earlier.some(other => numberOf(other) === 0 && textOf(other, 'bind') === bind);
  return [
    ...(textOf(fields, 'name') === '' ? NONE : portName(textOf(fields, 'name'))),
    ...protocol(fields['protocol']),
    ...(bind.startsWith(SOCKET)
      ? socketPath(bind.slice(SOCKET.length))
      : problem('sidecar: ports with 0 value must have a unix domain socket bind address')),
    ...problemIf(
      !['', 'DEFAULT', 'NONE'].includes(textOf(listener, 'captureMode')),
      'sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners',
    ),
    ...problemIf(isSame, 'sidecar: unix domain socket values for listeners must be unique'),
  ];
}

/** Hosts that others take in are warned of. */
function hostsOf(hosts: readonly string[], own: string): Findings {
  const seen = new Map<string, Set<string>>();
  const found = each(hosts, host => {
    const at = host.indexOf('/');
    const wrong = hostOfNamespace(host, false, false);
    if (at < 0 || host.startsWith('~')) return wrong;
    const namespace = host.slice(0, at) === '.' ? own : host.slice(0, at);
    const service = host.slice(at + 1);
    const services = seen.get(namespace) ?? new Set();
    seen.set(namespace, services);
    const isTwice = service === '*' ? services.size > 0 : services.has(service) || services.has('*');
    services.add(service);
    return [...warningIf(isTwice, `duplicated egress host: ${host}`), ...wrong];
  });
  const isAll = seen.get('*')?.has('*') === true && seen.size > 1;
  return [
    ...found,
    ...(isAll ? warning('`*/*` host select all resources, no other hosts can be added') : NONE),
  ];
}

function outboundPolicy(policy: Tree): Findings {
  if (!has(policy, 'egressProxy')) return NONE;
  if (textOf(policy, 'mode') !== 'ALLOW_ANY')
    return problem('sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode');
  const proxy = tree(policy['egressProxy']);
  return [
    ...domainName(textOf(proxy, 'host')),
    ...(has(proxy, 'port') ? destination(proxy) : problem('sidecar: egress_proxy port must be non-nil')),
  ];
}
