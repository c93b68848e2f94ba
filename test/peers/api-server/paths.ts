/** Short forms of paths: `@pods/x` in the group's namespace, `@@pods` in all, `@nodes/x` of the cluster. */

/** API group and version, and the plurals of its namespaced kinds. */
const NAMESPACED: Readonly<Record<string, string>> = {
  'api/v1': `pods services configmaps secrets serviceaccounts endpoints events replicationcontrollers
    resourcequotas limitranges persistentvolumeclaims podtemplates bindings`,
  'apis/apps/v1': 'deployments replicasets statefulsets daemonsets controllerrevisions',
  'apis/batch/v1': 'jobs cronjobs',
  'apis/networking.k8s.io/v1': 'ingresses networkpolicies',
  'apis/policy/v1': 'poddisruptionbudgets',
  'apis/autoscaling/v2': 'horizontalpodautoscalers',
  'apis/discovery.k8s.io/v1': 'endpointslices',
  'apis/coordination.k8s.io/v1': 'leases',
  'apis/events.k8s.io/v1': 'newevents',
  'apis/rbac.authorization.k8s.io/v1': 'roles rolebindings',
  'apis/authorization.k8s.io/v1': 'localsubjectaccessreviews',
  'apis/storage.k8s.io/v1': 'csistoragecapacities',
};

/** The same of kinds without a namespace. */
const CLUSTERED: Readonly<Record<string, string>> = {
  'api/v1': 'namespaces nodes persistentvolumes componentstatuses',
  'apis/apiextensions.k8s.io/v1': 'customresourcedefinitions',
  'apis/admissionregistration.k8s.io/v1': `validatingwebhookconfigurations mutatingwebhookconfigurations
    validatingadmissionpolicies validatingadmissionpolicybindings`,
  'apis/rbac.authorization.k8s.io/v1': 'clusterroles clusterrolebindings',
  'apis/scheduling.k8s.io/v1': 'priorityclasses',
  'apis/storage.k8s.io/v1': 'storageclasses csidrivers csinodes volumeattachments',
  'apis/networking.k8s.io/v1': 'ingressclasses servicecidrs ipaddresses',
  'apis/node.k8s.io/v1': 'runtimeclasses',
  'apis/certificates.k8s.io/v1': 'certificatesigningrequests',
  'apis/authorization.k8s.io/v1': 'subjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews',
  'apis/authentication.k8s.io/v1': 'tokenreviews selfsubjectreviews',
  'apis/flowcontrol.apiserver.k8s.io/v1': 'flowschemas prioritylevelconfigurations',
  'apis/apiregistration.k8s.io/v1': 'apiservices',
};

/** Where the plural is not the name in the short form. */
const PLURALS: Readonly<Record<string, string>> = { newevents: 'events' };

const roots = (table: Readonly<Record<string, string>>, middle: string) =>
  Object.entries(table).flatMap(([root, plurals]) =>
    plurals.split(/\s+/).map(name => [name, `/${root}${middle}/${PLURALS[name] ?? name}`] as const),
  );
const EVERYWHERE = new Map([...roots(NAMESPACED, ''), ...roots(CLUSTERED, '')]);
const HERE = new Map([...roots(NAMESPACED, '/namespaces/$NS'), ...roots(CLUSTERED, '')]);

/**
 * @returns the whole path, with `$NS` for the group's namespace
 * @throws Error if the short form names no kind
 */
export function resourcePath(path: string): string {
  const [, ats = '', name = '', rest = ''] = /^(@+)([a-z]+)(.*)$/s.exec(path) ?? [];
  if (ats === '') return path;
  const root = (ats === '@' ? HERE : EVERYWHERE).get(name);
  if (root === undefined) throw new Error(`${path}: no kind is called ${name}`);
  return root + rest;
}
