/**
 * What an Istio that was taken off has left, and harms nobody: told apart from an Istio that is there.
 *
 * `istioctl uninstall --purge` removes what has a label of its components (istio/istio
 * operator/pkg/uninstall/prune.go @1.30.3). What istiod itself wrote has none: the ConfigMaps with the
 * root certificate and the revoked ones, in every namespace (real-kind-2026-11 E1). Definitions stay where
 * they came by another way, or from 1.8, whose uninstall leaves them.
 */
import {
  isNotFound,
  KubernetesClient,
  type KubernetesObject,
  type ResourcePath,
} from '../../base/kubernetes-client.ts';
import { quoteArgv } from '../../base/quote.ts';
import type { Finding } from '../platform.ts';
import { ROOT_CONFIG_MAPS } from './ownership.ts';

/** Objects that can be taken away, as they were seen. */
interface Leftover {
  readonly path: ResourcePath;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** What is provably left of an Istio that is not there. */
export interface Leftovers {
  readonly objects: readonly Leftover[];
  /** `ConfigMap istio-ca-crl in 6 namespaces`, `15 definitions of *.istio.io without any object` */
  readonly words: readonly string[];
}

type Before = Readonly<Record<string, readonly string[]>>;

/** Kinds that a leftover may be of; anything else of Istio's is a part of one that is there. */
const HARMLESS = ['configmaps', 'customresourcedefinitions'];
const DEFINITIONS = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };
/** istiod's label (pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go @1.8.0, @1.30.3). */
const CONFIG_LABEL = 'istio.io/config';
/** What is in them (the same file; pkg/config/constants/constants.go @1.30.3). */
const DATA = ['root-cert.pem', 'ca-crl.pem'];

/**
 * Judges what a cluster has of Istio. It only reads.
 * @param before - kind → names, as `readBefore` has found them
 * @returns undefined if an Istio is there, or may be: no proof of the contrary
 */
export async function findLeftovers(
  client: KubernetesClient,
  before: Before,
  signal: AbortSignal,
): Promise<Leftovers | undefined> {
  if (Object.entries(before).some(([kind, names]) => names.length > 0 && !HARMLESS.includes(kind)))
    return undefined;
  const maps = await rootConfigMaps(client, signal);
  const definitions = await definitionsOf(client, before['customresourcedefinitions'] ?? [], signal);
  if (maps.length === 0 && definitions.length === 0) return undefined;
  if (!maps.every(isIstiods) || (await isThere(client, signal))) return undefined;
  for (const definition of definitions) if (await hasObjects(client, definition, signal)) return undefined;
  const count = (name: string) => maps.filter(({ metadata }) => metadata.name === name).length;
  return {
    objects: [
      ...maps.map(object => asSeen({ apiVersion: 'v1', plural: 'configmaps' }, object)),
      ...definitions.map(object => asSeen(DEFINITIONS, object)),
    ],
    words: [
      ...ROOT_CONFIG_MAPS.filter(name => count(name) > 0).map(
        name => `ConfigMap ${name} in ${inWords(count(name))}`,
      ),
      ...(definitions.length > 0 ? [`${definitionsIn(definitions.length)} without any object`] : []),
    ],
  };
}

const inWords = (namespaces: number): string =>
  namespaces === 1 ? 'one namespace' : `${namespaces} namespaces`;

const definitionsIn = (count: number): string =>
  count === 1 ? 'one definition of *.istio.io' : `${count} definitions of *.istio.io`;

/** Writes the lines that take leftovers away, to be pasted. */
export function removalLines(context: string, { objects }: Leftovers): readonly string[] {
  const kubectl = ['kubectl', '--context', context, 'delete'];
  const names = (plural: string) => [
    ...new Set(objects.filter(({ path }) => path.plural === plural).map(({ path }) => path.name ?? '')),
  ];
  const definitions = names('customresourcedefinitions');
  return [
    ...names('configmaps').map(name =>
      quoteArgv([...kubectl, 'configmap', '-A', '--field-selector', `metadata.name=${name}`]),
    ),
    ...(definitions.length > 0 ? [quoteArgv([...kubectl, 'customresourcedefinition', ...definitions])] : []),
  ];
}

/**
 * Takes leftovers away: each only if it still is what was seen.
 * @throws what the client throws; an object that has gone meanwhile is none
 */
export async function removeLeftovers(
  kubeconfig: string,
  { objects }: Leftovers,
  signal: AbortSignal,
): Promise<void> {
  const client = new KubernetesClient(kubeconfig);
  try {
    await Promise.all(
      objects.map(async ({ path, uid, resourceVersion }) => {
        try {
          await client.delete(path, { preconditions: { uid, resourceVersion } }, signal);
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
    );
  } finally {
    client.close();
  }
}

/** Tells whether nothing speaks against a run on a cluster but its leftovers. */
export const isCleanButForLeftovers = ({
  findings,
  leftovers,
}: {
  readonly findings: readonly Finding[];
  readonly leftovers?: Leftovers;
}): boolean => findings.filter(({ ok }) => !ok).length === (leftovers ? 1 : 0);

const asSeen = (
  kind: Pick<ResourcePath, 'apiVersion' | 'plural'>,
  { metadata }: KubernetesObject,
): Leftover => ({
  path: {
    ...kind,
    name: metadata.name ?? '',
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
  },
  uid: metadata.uid ?? '',
  resourceVersion: metadata.resourceVersion ?? '',
});

async function rootConfigMaps(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const lists = await Promise.all(
    ROOT_CONFIG_MAPS.map(name =>
      client.list(
        { apiVersion: 'v1', plural: 'configmaps' },
        { fieldSelector: `metadata.name=${name}` },
        signal,
      ),
    ),
  );
  return lists.flatMap(({ items }) => items);
}

/** Tells whether istiod wrote a ConfigMap: a name alone may be anyone's. */
function isIstiods({ metadata, ...object }: KubernetesObject): boolean {
  const keys = Object.keys((object['data'] ?? {}) as object);
  return metadata.labels?.[CONFIG_LABEL] === 'true' && keys.every(key => DATA.includes(key));
}

async function definitionsOf(
  client: KubernetesClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const found = await Promise.all(names.map(name => client.find({ ...DEFINITIONS, name }, signal)));
  return found.filter(each => each !== undefined);
}

/** Tells whether any object of a definition is there, of any namespace. */
async function hasObjects(
  client: KubernetesClient,
  { spec }: KubernetesObject,
  signal: AbortSignal,
): Promise<boolean> {
  // A CustomResourceDefinitionSpec.
  const { group, names, versions } = spec as {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  const served = versions.find(version => version.served);
  if (!served) return true; // nobody can tell
  const { items } = await client.list(
    { apiVersion: `${group}/${served.name}`, plural: names.plural },
    {},
    signal,
  );
  return items.length > 0;
}

/** Tells whether an istiod is installed anywhere, or any pod has its proxy. */
async function isThere(client: KubernetesClient, signal: AbortSignal): Promise<boolean> {
  const [deployments, pods] = await Promise.all([
    client.list({ apiVersion: 'apps/v1', plural: 'deployments' }, {}, signal),
    client.list({ apiVersion: 'v1', plural: 'pods' }, {}, signal),
  ]);
  return (
    deployments.items.some(
      ({ metadata }) => /^istiod(-|$)/.test(metadata.name ?? '') || isCertificateSource(metadata.name),
    ) || pods.items.some(hasProxy)
  );
}

/** istio-csr of cert-manager writes the same ConfigMaps, without any istiod. */
const isCertificateSource = (name: string | undefined): boolean => /istio-csr/.test(name ?? '');

function hasProxy({ metadata, ...pod }: KubernetesObject): boolean {
  // A PodSpec.
  const { containers = [], initContainers = [] } = (pod['spec'] ?? {}) as {
    readonly containers?: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
  const isInjected = metadata.annotations?.['sidecar.istio.io/status'] !== undefined;
  return isInjected || [...containers, ...initContainers].some(({ name }) => name === 'istio-proxy');
}
