/** The webhooks and Services by which revisions and their tags are known. istioctl/pkg/tag/util.go @1.30.3 */
import type { KubernetesObject, ResourcePath } from '../../../base/kubernetes-client.ts';
import { type Call, ISTIO_NAMESPACE } from './verb.ts';

/** The kinds of which a tag has an object. */
export type TagKind = 'mutatingwebhookconfigurations' | 'validatingwebhookconfigurations' | 'services';

const pathOf = (plural: TagKind): ResourcePath =>
  plural === 'services'
    ? { apiVersion: 'v1', plural, namespace: ISTIO_NAMESPACE }
    : { apiVersion: 'admissionregistration.k8s.io/v1', plural };

/** Lists injection webhooks, of revisions and of tags, that a selector of labels fits. */
export async function listHooks(
  { client, signal }: Call,
  selector: string,
): Promise<readonly KubernetesObject[]> {
  const labelSelector = `app=sidecar-injector,${selector}`;
  return (await client.list(pathOf('mutatingwebhookconfigurations'), { labelSelector }, signal)).items;
}

/** Lists the objects of a kind that belong to a tag. */
export async function withTag(
  { client, signal }: Call,
  kind: TagKind,
  tag: string,
): Promise<readonly KubernetesObject[]> {
  return (await client.list(pathOf(kind), { labelSelector: `istio.io/tag=${tag}` }, signal)).items;
}

/** Deletes one of them. */
export async function remove(
  { client, signal }: Call,
  kind: TagKind,
  object: KubernetesObject,
): Promise<void> {
  await client.delete({ ...pathOf(kind), name: object.metadata.name ?? '' }, {}, signal);
}

/** Tells whether a tag makes some revision the default one. */
export const hasDefaultTag = async (call: Call): Promise<boolean> =>
  (await listHooks(call, 'istio.io/tag=default')).length > 0;

/** Has the webhooks of the default revision select nothing, if there are any: the tag's do. */
export async function deactivateDefault(call: Call): Promise<void> {
  const never = { matchLabels: { 'istio.io/deactivated': 'never-match' } };
  for (const hook of await listHooks(call, 'istio.io/rev=default,!istio.io/tag')) {
    const webhooks = (hook['webhooks'] ?? []) as readonly object[]; // as the API server validated it
    const changed = webhooks.map(each => ({ ...each, namespaceSelector: never, objectSelector: never }));
    const path = { ...pathOf('mutatingwebhookconfigurations'), name: hook.metadata.name ?? '' };
    await call.client.patch(path, 'merge', { webhooks: changed }, {}, call.signal);
  }
}

/** Returns the revision that an object belongs to, or stands for. */
export const revisionOf = ({ metadata }: KubernetesObject): string => metadata.labels?.['istio.io/rev'] ?? '';

/** Returns the tag that an object belongs to; empty for a revision's own. */
export const tagOf = ({ metadata }: KubernetesObject): string => metadata.labels?.['istio.io/tag'] ?? '';
