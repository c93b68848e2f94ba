/** The names of operations, and of the groups that generators sort them by (GetOperationIDAndTags). */

/** Letters and digits, what follows anything else large (ToValidOperationID). */
const joined = (text: string, firstIsLarge: boolean): string => {
  const words = text.replace(/[^\p{L}\p{Nd}_]+(.?)/gu, (_, letter: string) => letter.toUpperCase());
  return firstIsLarge ? words.charAt(0).toUpperCase() + words.slice(1) : words;
};

/** `rbac.authorization.k8s.io` as `rbac.authorization`; the group without a name is `core`. */
const shortGroup = (group: string): string => (group === '' ? 'core' : group.replace(/\.k8s\.io$/, ''));

/**
 * Returns an operation's name (apiserver pkg/endpoints/openapi/openapi.go @v1.34).
 * @param verb - `list`; the rest of the name follows the group, `NamespacedPod`
 * @param version - undefined for a group's own path
 */
export const operationId = (verb: string, group: string, version: string | undefined, rest: string): string =>
  verb + joined(shortGroup(group), true) + joined(version ?? '', true) + rest;

/** Returns the tag of a group's operations, `rbacAuthorization_v1`. */
export const tagOf = (group: string, version?: string): string =>
  joined(shortGroup(group), false) + (version === undefined ? '' : `_${joined(version, false)}`);
