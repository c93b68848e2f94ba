/**
 * Finds the webhooks of a request, by rules, selectors and scope (apiserver
 * pkg/admission/plugin/webhook/{rules,predicates} @v1.32).
 */

import type { AdmissionRequest } from '../registry/admission.ts';
import { type JsonObject, type KubernetesObject, listOf, objectsOf, stringOf } from '../registry/json.ts';
import type { ResourceType } from '../registry/resources.ts';
import { objectSelectorMatches } from '../registry/selectors/label-selector.ts';

const includes = (list: unknown, value: string): boolean => {
  const entries = listOf(list);
  return entries.includes('*') || entries.includes(value);
};

/**
 * Tells whether a rule names a resource. An entry is a resource with an optional subresource; a star stands
 * for any.
 */
function matchesResource(list: unknown, plural: string, subresource: string): boolean {
  return listOf(list).some(entry => {
    const [resource = '', sub = ''] = String(entry).split('/');
    if (resource !== '*' && resource !== plural) return false;
    return sub === '*' || sub === subresource;
  });
}

function matchesRule(rule: JsonObject, request: AdmissionRequest, version: string): boolean {
  const { type, subresource, operation } = request;
  const scope = stringOf(rule['scope']) ?? '*';
  // Only rules of policies have them.
  const names = listOf(rule['resourceNames']);
  // A Namespace counts as cluster-scoped.
  const scoped = scope === '*' || scope === (type.namespaced ? 'Namespaced' : 'Cluster');
  return (
    scoped &&
    includes(rule['operations'], operation) &&
    includes(rule['apiGroups'], type.group) &&
    includes(rule['apiVersions'], version) &&
    matchesResource(rule['resources'], type.plural, subresource) &&
    (names.length === 0 || names.includes(request.name))
  );
}

/**
 * Returns the version of the resource in which the webhook wants to see the request.
 * @returns undefined if none of its rules matches
 */
export function versionWanted(webhook: JsonObject, request: AdmissionRequest): string | undefined {
  const rules = objectsOf(webhook['rules']);
  const matches = (version: string) => rules.some(rule => matchesRule(rule, request, version));
  if (matches(request.version)) return request.version;
  if (webhook['matchPolicy'] === 'Exact') return undefined;
  return request.type.versions.find(matches);
}

/**
 * @param namespaceLabels - of the namespace that the object lies in, or is; undefined for other
 *   cluster-scoped objects
 */
export function selects(
  webhook: JsonObject,
  request: AdmissionRequest,
  namespaceLabels: Readonly<Record<string, string>> | undefined,
): boolean {
  if (namespaceLabels && !objectSelectorMatches(webhook['namespaceSelector'] ?? {}, namespaceLabels))
    return false;
  const selector = webhook['objectSelector'] ?? {};
  const matches = (object: KubernetesObject | undefined) =>
    object !== undefined && objectSelectorMatches(selector, object.metadata.labels);
  return matches(request.object) || matches(request.oldObject);
}

/** Webhooks never see the objects that configure them. */
export function isExempt(type: ResourceType): boolean {
  return type.group === 'admissionregistration.k8s.io' || type.virtual;
}
