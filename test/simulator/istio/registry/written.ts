/** One object for an entry of the registry: the least that has it. */
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { type Edition, namesOf, typeOf } from '../../../../harness/simulator/istio/registry/names.ts';
import type { FieldType } from '../../../../harness/simulator/istio/registry/type-text.ts';
import type { Entry } from '../../../support/registry-entries.ts';
import { completedSpec } from './completed.ts';

/** Any value of a type. */
function someOf(type: FieldType): unknown {
  switch (type.kind) {
    case 'list':
      return [someOf(type.of)];
    case 'map':
      return { key: someOf(type.of) };
    case 'object': {
      const [first] = type.fields;
      return first ? { [first[0]]: someOf(first[1]) } : {};
    }
    case 'scalar':
      return { b: true, i: 1, n: 1, o: { any: 'thing' } }[type.letter] ?? type.values[1] ?? 'text';
  }
}

/** Puts a value where a path leads, with the lists and maps on the way. */
function at(type: FieldType, path: readonly string[], value: unknown): unknown {
  if (type.kind === 'list') return [at(type.of, path, value)];
  if (type.kind === 'map') return { key: at(type.of, path, value) };
  const [name, ...rest] = path;
  if (name === undefined) return value ?? someOf(type);
  if (type.kind !== 'object') throw new Error(`${name} is no field`);
  const field = type.fields.get(name);
  if (!field) throw new Error(`there is no field ${name}`);
  return { [name]: at(field, rest, value) };
}

/** Writes the document of an entry: a spec, or the mesh's settings. */
export const documentOf = (edition: Edition, { root, path, value }: Entry): unknown => {
  const type = typeOf(edition, root);
  if (!type) throw new Error(`there is no ${root}`);
  return path.length === 0 ? {} : at(type, path, value);
};

interface Marks {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Not injected: what it has is what was written. */
const pod = (
  name: string,
  { labels, annotations }: Marks,
  env: readonly object[] = [],
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'sample',
    labels: { 'sidecar.istio.io/inject': 'false', ...labels },
    annotations: { 'sidecar.istio.io/inject': 'false', ...annotations },
  },
  spec: { containers: [{ name: 'istio-proxy', image: 'pause', env }] },
});

/** What istiod's validation wants of each kind. */
const LEAST: Readonly<Record<string, object>> = {
  DestinationRule: { host: 'other.example' },
  VirtualService: {
    hosts: ['other.example'],
    http: [{ route: [{ destination: { host: 'other.example' } }] }],
  },
  Gateway: {
    selector: { app: 'none' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
  ServiceEntry: {
    hosts: ['other.example'],
    resolution: 'STATIC',
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
  },
  WorkloadEntry: { address: '192.0.2.1' },
  Sidecar: { egress: [{ hosts: ['*/*'] }] },
  EnvoyFilter: { configPatches: [{ applyTo: 'LISTENER', patch: { operation: 'MERGE', value: {} } }] },
};

const laid = (patch: object): object => ({
  configPatches: [laidOver({ applyTo: 'LISTENER', patch: { operation: 'MERGE', value: {} } }, patch)],
});

/** What a field wants beside it: a provider is that of an action, which wants rules; a subset has a name. */
function leastOf({ root, path, value }: Entry): object {
  if (root === 'AuthorizationPolicy' && (path[0] === 'provider' || value === 'CUSTOM'))
    return { action: 'CUSTOM', provider: { name: 'text' }, rules: [{}] };
  if (root === 'TrafficExtension' && path[0] !== 'wasm') return { lua: { inlineCode: '--' } };
  if (root === 'EnvoyFilter' && path[2] === 'waypoint') return laid({ match: { context: 'WAYPOINT' } });
  if (root === 'EnvoyFilter' && path[2] === 'cluster') return laid({ applyTo: 'CLUSTER' });
  if (root === 'EnvoyFilter' && path[2] === 'routeConfiguration') return laid({ applyTo: 'HTTP_ROUTE' });
  if (root === 'ServiceEntry' && path[0] === 'endpoints')
    return { ...LEAST[root], endpoints: [{ address: '192.0.2.1' }] };
  if (root === 'Sidecar' && path[0] === 'ingress' && path[1] === 'tls')
    return { ...LEAST[root], ingress: [{ port: { number: 443, name: 'https', protocol: 'HTTPS' } }] };
  if (root === 'Gateway' && path[1] === 'tls') {
    const port = { number: 443, name: 'https', protocol: 'HTTPS' };
    const mode =
      value === 'ISTIO_MUTUAL' ? {} : { mode: 'SIMPLE', serverCertificate: '/a', privateKey: '/b' };
    const tls = value === 'MUTUAL' ? { ...mode, caCertificates: '/c' } : mode;
    return { ...LEAST[root], servers: [{ port, hosts: ['*'], tls }] };
  }
  const subsets = root === 'DestinationRule' && path[0] === 'subsets' ? [{ name: 'text' }] : undefined;
  return { ...LEAST[root], ...(subsets && { subsets }) };
}

/** Fields that hold addresses hold nothing else. */
const addressOf = ({ path }: Entry): { readonly value?: string } =>
  path.at(-1)?.endsWith('IpBlocks') ? { value: '192.0.2.1' } : {};

/** Lays an object over another, lists place by place. */
export function laidOver(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above))
    return [...above.map((each, at) => laidOver(below[at], each)), ...below.slice(above.length)];
  if (!isTree(below) || !isTree(above)) return above ?? below;
  const names = [...new Set([...Object.keys(below), ...Object.keys(above)])];
  return Object.fromEntries(names.map(name => [name, laidOver(below[name], above[name])]));
}

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Writes the object. @param name - of the object */
export function objectWith(edition: Edition, entry: Entry, name: string): KubernetesObject {
  const { root, path, value = 'text' } = entry;
  const mark = path[0] ?? '';
  switch (root) {
    case 'annotations':
      return pod(name, { annotations: { [mark]: value } });
    case 'labels':
      return pod(name, { labels: { [mark]: value } });
    case 'proxy':
      return pod(name, {}, [{ name: mark, value }]);
    case 'istiod':
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'istiod', namespace: 'istio-system', labels: { app: 'istiod' } },
        spec: {
          template: { spec: { containers: [{ name: 'discovery', env: [{ name: mark, value }] }] } },
        },
      };
    case 'MeshConfig':
      return {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'istio', namespace: 'istio-system' },
        data: { mesh: yaml.dump(documentOf(edition, entry)) },
      };
    default: {
      const { group, versions } = namesOf(edition).kinds[root] ?? { group: '', versions: '' };
      return {
        apiVersion: `${group}/${versions.split(' ')[0]}`,
        kind: root,
        metadata: { name, namespace: 'sample' },
        spec: completedSpec(
          edition,
          root,
          laidOver(leastOf(entry), documentOf(edition, { ...entry, ...addressOf(entry) })),
        ),
      };
    }
  }
}
