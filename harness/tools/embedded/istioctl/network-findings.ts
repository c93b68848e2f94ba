/**
 * What `istioctl analyze` says of one network that is spelled in two ways: for istiod these are two networks.
 * Unlike Istio, which has no such message: its own begin with IST.
 */
import { load } from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { tree } from '../../../base/untyped.ts';
import type { Message } from './analyzers.ts';

/** Lists the objects of a resource; none where there is no such resource. */
type List = (apiVersion: string, plural: string) => Promise<readonly KubernetesObject[]>;

const NETWORK_LABEL = 'topology.istio.io/network';

/** An object that names a network. */
interface Place {
  readonly object: KubernetesObject;
  readonly kind: string;
  readonly network: string;
}

/** Finds networks that differ in case and signs only. @param within - whether an object is looked at */
export async function networkFindings(
  list: List,
  within: (object: KubernetesObject) => boolean,
): Promise<readonly Message[]> {
  const byEar = new Map<string, Map<string, Place[]>>();
  for (const place of await placesOf(list)) {
    const heard = place.network.toLowerCase().replace(/[^a-z0-9]/g, '');
    const spellings = byEar.get(heard) ?? new Map<string, Place[]>();
    byEar.set(heard, spellings);
    spellings.set(place.network, [...(spellings.get(place.network) ?? []), place]);
  }
  return [...byEar.values()].flatMap(spellings =>
    [...spellings].flatMap(([network, places]) => {
      const place = places.find(({ object }) => within(object));
      const others = [...spellings].flatMap(([other, [first]]) => (other === network || !first ? [] : first));
      const [other] = others;
      if (!place || !other) return [];
      const text =
        `Network "${network}" is "${other.network}" in ${aboutOf(other)}: ` +
        'for istiod they are two networks.';
      return [{ level: 'Warning', code: 'MESH0002', about: aboutOf(place), text }];
    }),
  );
}

const aboutOf = ({ kind, object: { metadata } }: Place): string =>
  `${kind} ${[metadata.namespace, metadata.name].filter(Boolean).join('/')}`;

async function placesOf(list: List): Promise<readonly Place[]> {
  const labelled = async (plural: string, kind: string): Promise<readonly Place[]> =>
    (await list('v1', plural)).flatMap(object => {
      const network = object.metadata.labels?.[NETWORK_LABEL];
      return network ? [{ object, kind, network }] : [];
    });
  const configured = (await list('v1', 'configmaps')).flatMap(object =>
    networksIn(object).map(network => ({ object, kind: 'ConfigMap', network })),
  );
  return [
    ...(await labelled('namespaces', 'Namespace')),
    ...(await labelled('services', 'Service')),
    ...configured,
    ...(await labelled('pods', 'Pod')),
  ];
}

/** The keys of `meshNetworks`, and the network that sidecars are told. */
function networksIn(object: KubernetesObject): readonly string[] {
  const { name = '' } = object.metadata;
  const data = tree(object['data']);
  if (/^istio(-sidecar-injector)?(-.*)?$/.exec(name) === null) return [];
  const networks = Object.keys(tree(tree(read(data['meshNetworks']))['networks']));
  const told = tree(tree(read(data['values']))['global'])['network'];
  return [...networks, ...(typeof told === 'string' && told !== '' ? [told] : [])];
}

/** What is no YAML names nothing; istiod's log tells of it. */
function read(text: unknown): unknown {
  try {
    return typeof text === 'string' ? load(text) : undefined;
  } catch {
    return undefined;
  }
}
