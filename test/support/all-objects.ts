/** Everything that is in a cluster, without what differs between two installations that are the same. */
import type { KubernetesClient, KubernetesObject } from '../../harness/base/kubernetes-client.ts';

interface ResourceList {
  readonly groupVersion: string;
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly verbs: readonly string[];
  }[];
}

/** Come and go by themselves, or hold nothing but times and picks. */
const LEFT_OUT = new Set(['events', 'leases']);

/**
 * @returns `Kind namespace/name` → the object. Names that the cluster has made up end in `…`; uids, times,
 *   versions, managers, addresses and
 *   whatever is random is left out or replaced by a word for it
 */
export async function allObjects(client: KubernetesClient): Promise<ReadonlyMap<string, unknown>> {
  const objects: KubernetesObject[] = [];
  for (const { groupVersion, resources } of await resourceLists(client)) {
    for (const { name, kind, verbs } of resources) {
      if (!verbs.includes('list') || name.includes('/') || LEFT_OUT.has(name)) continue;
      const { items } = await client.list({ apiVersion: groupVersion, plural: name });
      objects.push(...items.map(item => ({ ...item, apiVersion: groupVersion, kind })));
    }
  }
  const plain = objects.map(object => [titleOf(object), plainOf(readable(object))] as const);
  // Two pods of one Deployment have the same name here; their order is chance.
  const rows = plain.sort(([a, x], [b, y]) =>
    compare(`${a} ${JSON.stringify(x)}`, `${b} ${JSON.stringify(y)}`),
  );
  const found = new Map<string, unknown>();
  for (const [title, object] of rows)
    found.set(found.has(title) ? `${title} (${found.size})` : title, object);
  return found;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function resourceLists(client: KubernetesClient): Promise<readonly ResourceList[]> {
  const core = (await client.request('GET', '/api/v1')) as ResourceList; // discovery has this shape
  const { groups } = (await client.request('GET', '/apis')) as {
    groups: { preferredVersion: { groupVersion: string } }[];
  };
  const others = await Promise.all(
    groups.map(
      async group =>
        (await client.request('GET', `/apis/${group.preferredVersion.groupVersion}`)) as ResourceList,
    ),
  );
  return [{ ...core, groupVersion: 'v1' }, ...others];
}

/** A Secret's data as text: tokens and kubeconfigs can be told from the rest only there. */
function readable(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret') return object;
  const data = Object.entries((object['data'] ?? {}) as Readonly<Record<string, string>>); // of a Secret
  return {
    ...object,
    data: Object.fromEntries(data.map(([key, text]) => [key, Buffer.from(text, 'base64').toString()])),
  };
}

function titleOf({ apiVersion = '', kind = '', metadata }: KubernetesObject): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${nameOf(metadata.name ?? '')}`;
}

/** `sleep-6fc7b55f99-zwc4n`, `sleep-6fc7b55f99`: what follows the workload's name is a hash, or chance. */
const nameOf = (name: string): string =>
  name
    .replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '-…')
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{8,10}$/, '-…')
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}$/, '-…');

/** What two installations may differ in. */
const VOLATILE = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'lastTransitionTime',
  'lastUpdateTime',
  'lastHeartbeatTime',
  'lastProbeTime',
  'lastTriggerTime',
  'startTime',
  'startedAt',
  'finishedAt',
  'containerID',
  'podIP',
  'podIPs',
  'pod-template-hash',
  'caBundle',
  'nodePort',
  'healthCheckNodePort',
  'clusterIP',
  'clusterIPs',
  'bootID',
  'machineID',
  'systemUUID',
  // Set when something has triggered the last write, and taken away by a write that nothing has.
  'endpoints.kubernetes.io/last-change-trigger-time',
]);

/** Annotations that are none but for what is volatile. */
const isEmpty = (key: string, value: unknown): boolean =>
  key === 'annotations' &&
  value !== null &&
  typeof value === 'object' &&
  Object.keys(value).every(name => VOLATILE.has(name));

function plainOf(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map(each => plainOf(each, key));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, each]) => !VOLATILE.has(name) && !isEmpty(name, each))
        .sort(([a], [b]) => compare(a, b))
        .map(([name, each]) => [name, plainOf(each, name)]),
    );
  }
  if (typeof value !== 'string') return value;
  return nameOf(
    value
      .replace(/-----BEGIN [\s\S]*-----END [A-Z ]+-----\n?/g, '<pem>')
      .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
      .replace(/\b(10|172)\.\d+\.\d+\.\d+\b/g, '<address>')
      .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z\b/g, '<time>')
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>')
      .replace(/LS0tLS1[\w+/=]+/g, '<base64 pem>')
      .replace(/\b(kube-api-access|istio-token)-[a-z0-9]{5}\b/g, '$1-…')
      .replace(/("holderIdentity":"[a-z-]+?)-[a-z0-9]{6,10}-[a-z0-9]{5}"/g, '$1-…"'),
  );
}
