/** What `istioctl x describe` says of a pod and of a Service. istioctl/pkg/describe/describe.go @1.30.3 */
import { containersOf } from '../proxy-pod.ts';
import { type Pod, type Service, type ServicePort, shownName } from './objects.ts';

const PROXY = 'istio-proxy';
/** The user of a sidecar. */
const PROXY_UID = 1337;
const RESERVED = `WARNING: User ID (UID) ${PROXY_UID} is reserved for the sidecar proxy.`;
const REQUIREMENTS = 'https://istio.io/latest/docs/ops/deployment/requirements/';
/** pkg/kube/labels/labels.go */
const NAME_LABELS = ['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app'];
const REVISION_LABELS = ['service.istio.io/canonical-revision', 'app.kubernetes.io/version', 'version'];
const PROTOCOLS: Readonly<Record<string, string>> = Object.fromEntries([
  ...['TCP', 'UDP', 'GRPC', 'HTTP', 'HTTP_PROXY', 'HTTP2', 'HTTPS', 'TLS', 'Mongo', 'Redis', 'MySQL'].map(
    name => [name.toLowerCase(), name],
  ),
  ['grpc-web', 'GRPC-Web'],
]);
/** Protocols that Kubernetes has names for. */
const OF_KUBERNETES: Readonly<Record<string, string>> = {
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
};
/** Ports whose protocol is known without a name: pkg/config/kube/conversion.go. */
const TCP_PORTS: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** Returns the revision that injected a pod; empty if none did. */
export function revisionOf({ metadata }: Pod): string {
  const named = metadata.annotations?.['istio.io/rev'];
  if (named !== undefined) return named;
  try {
    const status: unknown = JSON.parse(metadata.annotations?.['sidecar.istio.io/status'] ?? '');
    const { revision } = status as { readonly revision?: unknown }; // as the injector writes it
    return typeof revision === 'string' ? revision : '';
  } catch {
    return '';
  }
}

/** Describes a pod. @param at - the namespace that is described */
export function* podLines(pod: Pod, at: string, ignoresUnmeshed: boolean): Generator<string> {
  const { containers, securityContext } = pod.spec;
  const name = shownName(pod.metadata, at);
  for (const { name: own, securityContext: user } of containers)
    if (own !== PROXY && own !== 'istio-operator' && user?.runAsUser === PROXY_UID) yield RESERVED;
  yield `Pod: ${name}`;
  yield `   Pod Revision: ${revisionOf(pod)}`;
  const ports = containers.flatMap(({ name: own, ports: list = [] }) =>
    list.map(({ containerPort, protocol = 'TCP' }) => {
      return `${containerPort}${protocol === 'TCP' ? '' : `/${protocol}`} (${own})`;
    }),
  );
  yield ports.length > 0 ? `   Pod Ports: ${ports.join(', ')}` : '   Pod does not expose ports';
  const { phase = '', containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  if (phase !== 'Running') {
    yield notRunning(phase);
    return;
  }
  for (const each of containerStatuses)
    if (!each.ready) yield `WARNING: Pod ${name} Container ${each.name} NOT READY`;
  for (const each of initContainerStatuses)
    if (!each.ready) yield `WARNING: Pod ${name} Init Container ${each.name} NOT READY`;
  if (ignoresUnmeshed) return;
  if (!containersOf(pod).some(each => each.name === PROXY)) {
    yield `WARNING: ${name} is not part of mesh; no Istio sidecar`;
    return;
  }
  if (securityContext?.runAsUser === PROXY_UID) yield `   ${RESERVED}`;
  yield* suggestions(pod);
}

/** Says that a pod is not asked for its phase. */
export const notRunning = (phase: string): string => `   Pod is not Running (${phase})`;

function* suggestions({ metadata: { labels = {} } }: Pod): Generator<string> {
  const lacks = (names: readonly string[]) => names.every(name => labels[name] === undefined);
  const suggestion = (what: string) =>
    `Suggestion: add required service ${what} label for Istio telemetry. See ${REQUIREMENTS}.`;
  if (lacks(NAME_LABELS)) yield suggestion('name');
  if (lacks(REVISION_LABELS)) yield suggestion('revision');
}

/**
 * Describes a Service, without ports of UDP, which sidecars do not know.
 * @param pod - one that the Service selects
 */
export function* serviceLines(service: Service, pod: Pod, at: string): Generator<string> {
  yield `Service: ${shownName(service.metadata, at)}`;
  for (const port of service.spec.ports ?? []) {
    if ((port.protocol ?? 'TCP') !== 'TCP') continue;
    const target = targetPort(pod, port);
    yield target === undefined
      ? `   no suitable port for manifest: ${pod.metadata.uid ?? ''}`
      : `   Port: ${port.name ?? ''} ${port.port}/${protocolOf(port)} targets pod port ${target}`;
  }
}

/** Returns the port of a pod that one of a Service leads to; undefined if it has none of that name. */
export function targetPort({ spec }: Pod, { port, targetPort: to = port, protocol = 'TCP' }: ServicePort) {
  if (typeof to === 'number') return to;
  const native = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...native]
    .flatMap(({ ports = [] }) => ports)
    .find(each => each.name === to && (each.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** Returns what a port speaks by its name: `HTTP`, `UnsupportedProtocol`, `auto-detect`. */
export function protocolOf({ name = '', appProtocol, protocol, port }: ServicePort): string {
  if (protocol === 'UDP') return 'UDP';
  if (name === '' && appProtocol === undefined) return 'auto-detect';
  const given = appProtocol ?? name;
  const known = appProtocol === undefined ? undefined : OF_KUBERNETES[appProtocol];
  if (known !== undefined) return known;
  if (/^grpc-web/i.test(given)) return 'GRPC-Web';
  const found = PROTOCOLS[given.split('-')[0]?.toLowerCase() ?? ''];
  if (found !== undefined) return found;
  if (appProtocol === 'hbone') return 'HBONE';
  return TCP_PORTS.has(port) ? 'TCP' : 'UnsupportedProtocol';
}
