/**
 * Which lists of the built-in kinds merge by a key, for strategic merge patches and for server-side apply.
 */

/**
 * The rules to merge a list, map or object. All unlisted values merge as plain JSON: objects by key, lists as
 * a whole.
 */
export interface MergeNode {
  /** A list of objects: the key by which a strategic merge patch finds elements. */
  readonly patchKey?: string;
  /**
   * A list of objects: the keys by which apply finds elements, with the defaults of those that may be absent.
   */
  readonly listKeys?: readonly string[];
  /** A list of primitives without order. */
  readonly set?: boolean;
  /** The patch may say which keys remain (`$retainKeys`). */
  readonly retainKeys?: boolean;
  /** Apply owns it as a whole. */
  readonly atomic?: boolean;
  /** Of an object, or of the objects in a list. */
  readonly fields?: Readonly<Record<string, MergeNode>>;
}

const by = (key: string, fields?: MergeNode['fields'], listKeys: readonly string[] = [key]): MergeNode => ({
  patchKey: key,
  listKeys,
  ...(fields && { fields }),
});
const object = (fields: Readonly<Record<string, MergeNode>>): MergeNode => ({ fields });
const ATOMIC: MergeNode = { atomic: true };
const CONDITIONS = object({ conditions: by('type') });

const METADATA = object({
  ownerReferences: by('uid'),
  finalizers: { set: true },
});

const CONTAINER: MergeNode['fields'] = {
  ports: by('containerPort', undefined, ['containerPort', 'protocol']),
  env: by('name', {
    valueFrom: object({
      fieldRef: ATOMIC,
      resourceFieldRef: ATOMIC,
      configMapKeyRef: ATOMIC,
      secretKeyRef: ATOMIC,
    }),
  }),
  volumeMounts: by('mountPath'),
  volumeDevices: by('devicePath'),
  resources: object({ claims: by('name') }),
};

const POD_SPEC = object({
  containers: by('name', CONTAINER),
  initContainers: by('name', CONTAINER),
  ephemeralContainers: by('name', CONTAINER),
  volumes: { ...by('name', { secret: object({}), configMap: object({}) }), retainKeys: true },
  imagePullSecrets: by('name'),
  hostAliases: by('ip'),
  schedulingGates: by('name'),
  resourceClaims: { ...by('name'), retainKeys: true },
  topologySpreadConstraints: by('topologyKey', { labelSelector: ATOMIC }, [
    'topologyKey',
    'whenUnsatisfiable',
  ]),
  nodeSelector: ATOMIC,
});

const TEMPLATE = object({ metadata: METADATA, spec: POD_SPEC });
const WORKLOAD_SPEC = (extra: Readonly<Record<string, MergeNode>> = {}): MergeNode =>
  object({ template: TEMPLATE, selector: ATOMIC, ...extra });
const WEBHOOKS = by('name', {
  matchConditions: by('name'),
  namespaceSelector: ATOMIC,
  objectSelector: ATOMIC,
});

/** By resource key. */
const BY_RESOURCE: Readonly<Record<string, Readonly<Record<string, MergeNode>>>> = {
  pods: {
    spec: POD_SPEC,
    status: object({ conditions: by('type'), podIPs: by('ip'), hostIPs: { patchKey: 'ip', atomic: true } }),
  },
  podtemplates: { template: TEMPLATE },
  services: {
    spec: object({ ports: by('port', undefined, ['port', 'protocol']), selector: ATOMIC }),
    status: CONDITIONS,
  },
  serviceaccounts: { secrets: by('name') },
  namespaces: { status: CONDITIONS },
  nodes: {
    spec: object({ taints: ATOMIC, podCIDRs: { set: true } }),
    status: object({ conditions: by('type'), addresses: by('type') }),
  },
  replicationcontrollers: { spec: object({ template: TEMPLATE, selector: ATOMIC }), status: CONDITIONS },
  'deployments.apps': { spec: WORKLOAD_SPEC({ strategy: { retainKeys: true } }), status: CONDITIONS },
  'replicasets.apps': { spec: WORKLOAD_SPEC(), status: CONDITIONS },
  'statefulsets.apps': { spec: WORKLOAD_SPEC(), status: CONDITIONS },
  'daemonsets.apps': { spec: WORKLOAD_SPEC(), status: CONDITIONS },
  'jobs.batch': { spec: WORKLOAD_SPEC(), status: CONDITIONS },
  'cronjobs.batch': { spec: object({ jobTemplate: object({ metadata: METADATA, spec: WORKLOAD_SPEC() }) }) },
  'poddisruptionbudgets.policy': { spec: object({ selector: ATOMIC }), status: CONDITIONS },
  'horizontalpodautoscalers.autoscaling': {
    spec: object({ metrics: ATOMIC, scaleTargetRef: ATOMIC }),
    status: object({ conditions: by('type') }),
  },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': { webhooks: WEBHOOKS },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': { webhooks: WEBHOOKS },
  'ingresses.networking.k8s.io': { spec: object({ defaultBackend: object({ resource: ATOMIC }) }) },
  'clusterroles.rbac.authorization.k8s.io': { aggregationRule: object({ clusterRoleSelectors: ATOMIC }) },
  'clusterrolebindings.rbac.authorization.k8s.io': { roleRef: ATOMIC },
  'rolebindings.rbac.authorization.k8s.io': { roleRef: ATOMIC },
  endpoints: { subsets: ATOMIC },
  events: { involvedObject: ATOMIC, related: ATOMIC },
  secrets: {},
};

/** Returns the root of a kind's tree. @param key - the resource key */
export function mergeTree(key: string): MergeNode {
  return { fields: { metadata: METADATA, ...BY_RESOURCE[key] } };
}

/** Returns how the value below a key merges; undefined for plain JSON. */
export function childOf(node: MergeNode | undefined, key: string): MergeNode | undefined {
  const fields = node?.fields;
  return fields && Object.hasOwn(fields, key) ? fields[key] : undefined;
}
