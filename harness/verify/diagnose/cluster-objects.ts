/** The objects of one API server that a diagnosis is made of, each kind listed once. */
import type { ApiClient } from '../../base/api-client.ts';
import {
  KubernetesApiError,
  type KubernetesObject,
  type ResourcePath,
  type Selectors,
} from '../../base/kubernetes-client.ts';
import { PEER_AUTHENTICATIONS } from '../peer-authentication.ts';
import { ISTIO_NAMESPACE, NAMESPACE } from '../workloads.ts';

/** What an API server answered: objects, or why it gave none. */
export type Listed = { readonly items: readonly KubernetesObject[] } | { readonly error: Error };

type Question = ResourcePath & Selectors;
const istio = { namespace: ISTIO_NAMESPACE };
const sample = { namespace: NAMESPACE };

/** The lists, by the names that facts and links use for them. */
const QUESTIONS = {
  namespaces: { apiVersion: 'v1', plural: 'namespaces' },
  samplePods: { apiVersion: 'v1', plural: 'pods', ...sample },
  istioPods: { apiVersion: 'v1', plural: 'pods', ...istio },
  sampleServices: { apiVersion: 'v1', plural: 'services', ...sample },
  istioServices: { apiVersion: 'v1', plural: 'services', ...istio },
  istioSlices: { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', ...istio },
  apiServer: { apiVersion: 'v1', plural: 'endpoints', namespace: 'default' },
  events: { apiVersion: 'v1', plural: 'events', ...sample },
  remoteSecrets: { apiVersion: 'v1', plural: 'secrets', labelSelector: 'istio/multiCluster=true' },
  istioSecrets: { apiVersion: 'v1', plural: 'secrets', ...istio },
  istioConfigMaps: { apiVersion: 'v1', plural: 'configmaps', ...istio },
  sampleConfigMaps: { apiVersion: 'v1', plural: 'configmaps', ...sample },
  gateways: { apiVersion: 'networking.istio.io/v1alpha3', plural: 'gateways' },
  destinationRules: { apiVersion: 'networking.istio.io/v1alpha3', plural: 'destinationrules' },
  virtualServices: { apiVersion: 'networking.istio.io/v1alpha3', plural: 'virtualservices' },
  peerAuthentications: PEER_AUTHENTICATIONS,
  webhooks: { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'mutatingwebhookconfigurations' },
} as const satisfies Record<string, Question>;

/** One kind of objects in one place. */
export type ObjectList = keyof typeof QUESTIONS;

/** All of them, of one cluster. */
export type ClusterObjects = Readonly<Record<ObjectList, Listed>>;

/** A question that an API server did not answer; a link that needs it was not asked. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';
}

/**
 * Lists a kind. One that the server does not know (404) has no objects.
 * @throws a Node error if the server cannot be reached; the signal's reason
 */
async function listOf(client: ApiClient, question: Question, signal: AbortSignal): Promise<Listed> {
  const { labelSelector, fieldSelector, ...path } = question;
  const selectors = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) };
  try {
    return { items: (await client.list(path, selectors, signal)).items };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubernetesApiError)) throw error;
    return error.code === 404 ? { items: [] } : { error };
  }
}

/**
 * Asks an API server for some of them, side by side.
 * @throws a Node error if the server cannot be reached; the signal's reason
 */
export async function readLists<Name extends ObjectList>(
  client: ApiClient,
  names: readonly Name[],
  signal: AbortSignal,
): Promise<Readonly<Record<Name, Listed>>> {
  const lists = await Promise.all(
    names.map(async name => [name, await listOf(client, QUESTIONS[name], signal)] as const),
  );
  return Object.fromEntries(lists) as Record<Name, Listed>; // each key once
}

/**
 * Asks an API server for all of them, side by side.
 * @throws a Node error if the server cannot be reached; the signal's reason
 */
export const readObjects = (client: ApiClient, signal: AbortSignal): Promise<ClusterObjects> =>
  readLists(client, Object.keys(QUESTIONS) as ObjectList[], signal); // its own keys

/** Returns the objects of a list, or none where the server refused to tell. */
export const itemsOr = (listed: Listed): readonly KubernetesObject[] =>
  'items' in listed ? listed.items : [];

/** Returns the objects of a list. @throws NotAsked with the server's words where it refused to tell */
export function itemsOf<Name extends ObjectList>(
  objects: Pick<ClusterObjects, Name>,
  list: Name,
): readonly KubernetesObject[] {
  const listed: Listed = objects[list];
  if ('items' in listed) return listed.items;
  const { plural } = QUESTIONS[list];
  throw new NotAsked(`the API server refuses to list ${plural}: ${listed.error.message}`);
}

/** Finds an object by its name. @throws NotAsked */
export const objectIn = (
  objects: ClusterObjects,
  list: ObjectList,
  name: string,
): KubernetesObject | undefined => itemsOf(objects, list).find(({ metadata }) => metadata.name === name);
