/**
 * Compares the rights of a context's user with those that an installation needs. The question is a POST, but
 * stores nothing.
 */
import { type KubernetesClient, pathOf } from '../../base/kubernetes-client.ts';

interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

const of = (group: string, resource: string, ...verbs: readonly string[]): readonly Permission[] =>
  verbs.map(verb => ({ verb, group, resource }));

/**
 * What the plans of both editions, `istioctl install` and the removal write. Roles are given rights that
 * their maker may not have:
 * that takes `escalate` and `bind` (kubernetes.io/docs/reference/access-authn-authz/rbac, "Privilege
 * escalation prevention").
 */
export const NEEDED: readonly Permission[] = [
  ...of('', 'namespaces', 'list', 'create', 'patch', 'delete'),
  ...['configmaps', 'secrets', 'serviceaccounts', 'services'].flatMap(each =>
    of('', each, 'create', 'patch', 'delete'),
  ),
  ...of('', 'pods', 'create', 'list', 'delete'),
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
  ...of('apps', 'deployments', 'create', 'patch', 'delete'),
  ...of('autoscaling', 'horizontalpodautoscalers', 'create', 'patch'),
  ...of('policy', 'poddisruptionbudgets', 'create', 'patch'),
  ...of('rbac.authorization.k8s.io', 'roles', 'create', 'patch'),
  ...of('rbac.authorization.k8s.io', 'rolebindings', 'create', 'patch'),
  ...of('rbac.authorization.k8s.io', 'clusterroles', 'create', 'patch', 'delete', 'escalate', 'bind'),
  ...of('rbac.authorization.k8s.io', 'clusterrolebindings', 'create', 'patch', 'delete'),
  ...of('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'create', 'patch', 'delete'),
  ...of('admissionregistration.k8s.io', 'validatingwebhookconfigurations', 'create', 'patch', 'delete'),
  ...of('apiextensions.k8s.io', 'customresourcedefinitions', 'create', 'patch', 'delete'),
  ...of('networking.istio.io', 'gateways', 'create', 'patch'),
  ...of('networking.istio.io', 'envoyfilters', 'create', 'patch'),
];

/** Lists the rights that the user lacks, as `create clusterroles.rbac.authorization.k8s.io`. */
export async function missingPermissions(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (await isAllowed(client, { verb: '*', group: '*', resource: '*' }, signal)) return [];
  const answers = await Promise.all(
    NEEDED.map(async permission =>
      (await isAllowed(client, permission, signal)) ? [] : [nameOf(permission)],
    ),
  );
  return answers.flat();
}

async function isAllowed(
  client: KubernetesClient,
  permission: Permission,
  signal: AbortSignal,
): Promise<boolean> {
  const apiVersion = 'authorization.k8s.io/v1';
  const review = (await client.request('POST', pathOf({ apiVersion, plural: 'selfsubjectaccessreviews' }), {
    body: { apiVersion, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: permission } },
    signal,
  })) as { readonly status?: { readonly allowed?: boolean } }; // as the API has it
  return review.status?.allowed === true;
}

const nameOf = ({ verb, group, resource, subresource }: Permission): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
