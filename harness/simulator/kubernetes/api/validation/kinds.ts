/** What holds for each kind beyond its metadata (pkg/apis/<group>/validation @v1.32), as far as users meet it. */
import {
  equal,
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  stringsOf,
} from '../json.ts';
import { matchesLabels, selectorFromObject } from '../selectors.ts';
import { duplicate, type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../status.ts';
import { validateLabels, validateReference, validateSelector } from './metadata.ts';
import { problemsOfConfigKey, problemsOfLabel, problemsOfLabel1035, problemsOfSubdomain } from './names.ts';
import { validatePodSpec, validatePodUpdate } from './pod.ts';

export type KindValidator = (object: KubernetesObject, old: KubernetesObject | undefined) => FieldError[];

const IMMUTABLE = 'field is immutable';
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

const MAX_CONTENT_BYTES = 1024 * 1024;

function validateContent(object: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const map of ['data', 'binaryData']) {
    for (const [key, value] of Object.entries(objectOf(object[map]))) {
      for (const problem of problemsOfConfigKey(key)) errors.push(invalidValue(`${map}[${key}]`, key, problem));
      size += Buffer.byteLength(String(value));
    }
  }
  // Secrets and binary data are in base64 here, which is longer by a third.
  if (size > MAX_CONTENT_BYTES * (object.kind === 'Secret' ? 4 / 3 : 1)) {
    errors.push({
      reason: 'FieldValueInvalid',
      field: object.kind === 'Secret' ? 'data' : '',
      message: `Too long: may not be more than ${MAX_CONTENT_BYTES} bytes`,
    });
  }
  if (old?.['immutable'] === true) {
    if (object['immutable'] !== true)
      errors.push(forbiddenValue('immutable', 'field is immutable when `immutable` is set'));
    for (const map of ['data', 'binaryData']) {
      if (!equal(object[map], old[map])) errors.push(forbiddenValue(map, 'field is immutable when `immutable` is set'));
    }
  }
  return errors;
}

function validateSecret(secret: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors = validateContent(secret, old);
  if (old && secret['type'] !== old['type']) errors.push(invalidValue('type', secret['type'], IMMUTABLE));
  for (const [key, value] of Object.entries(objectOf(secret['data']))) {
    if (typeof value === 'string' && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) {
      errors.push(invalidValue(`data[${key}]`, '<secret contents redacted>', 'illegal base64 data'));
    }
  }
  const data = objectOf(secret['data']);
  switch (secret['type']) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata.annotations?.['kubernetes.io/service-account.name']) {
        errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'));
      }
      break;
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key']) if (data[key] === undefined) errors.push(required(`data[${key}]`));
      break;
    case 'kubernetes.io/dockerconfigjson':
      if (data['.dockerconfigjson'] === undefined) errors.push(required('data[.dockerconfigjson]'));
      break;
  }
  return errors;
}

function validateService(service: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const spec = objectOf(service['spec']);
  const ports = objectsOf(spec['ports']);
  const type = String(spec['type']);
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
  const headless = spec['clusterIP'] === 'None';
  if (ports.length === 0 && !headless && type !== 'ExternalName') errors.push(required('spec.ports'));
  if (!types.includes(type)) errors.push(notSupported('spec.type', type, types));
  if (headless && (type === 'NodePort' || type === 'LoadBalancer')) {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type === 'ExternalName') {
    const external = (stringOf(spec['externalName']) ?? '').replace(/\.$/, '');
    if (external === '') errors.push(required('spec.externalName'));
    else
      for (const problem of problemsOfSubdomain(external))
        errors.push(invalidValue('spec.externalName', external, problem));
  }
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const path = `spec.ports[${index}]`;
    const name = stringOf(port['name']) ?? '';
    if (name === '') {
      if (ports.length > 1) errors.push(required(`${path}.name`));
    } else {
      for (const problem of problemsOfLabel(name)) errors.push(invalidValue(`${path}.name`, name, problem));
      if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
      names.add(name);
    }
    errors.push(...validatePort(port['port'], `${path}.port`));
    const protocol = String(port['protocol'] ?? '');
    if (protocol === '') errors.push(required(`${path}.protocol`));
    else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
    const target = port['targetPort'];
    if (typeof target === 'number') errors.push(...validatePort(target, `${path}.targetPort`));
    const key = `${String(port['port'])}/${protocol}`;
    if (numbers.has(key)) {
      errors.push({
        reason: 'FieldValueDuplicate',
        field: path,
        message: `Duplicate value: ${JSON.stringify({ port: port['port'], protocol })}`,
      });
    }
    numbers.add(key);
  }
  errors.push(...validateLabels(spec['selector'], 'spec.selector'));
  const affinity = String(spec['sessionAffinity'] ?? 'None');
  if (!['ClientIP', 'None'].includes(affinity))
    errors.push(notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None']));
  const external = spec['externalTrafficPolicy'];
  if (external !== undefined && !['Cluster', 'Local'].includes(String(external))) {
    errors.push(notSupported('spec.externalTrafficPolicy', String(external), ['Cluster', 'Local']));
  }
  return errors;
}

function validatePort(value: unknown, field: string): FieldError[] {
  const valid = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
  return valid ? [] : [invalidValue(field, value ?? 0, 'must be between 1 and 65535, inclusive')];
}

/** A label selector as Go prints a map of strings. */
function goStringMap(map: Readonly<Record<string, string>>): string {
  const entries = Object.keys(map)
    .sort()
    .map(key => `${JSON.stringify(key)}:${JSON.stringify(map[key])}`);
  return `map[string]string{${entries.join(', ')}}`;
}

function validateWorkload(object: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const spec = objectOf(object['spec']);
  const template = objectOf(spec['template']);
  const selector = spec['selector'];
  const replicas = spec['replicas'];
  if (typeof replicas === 'number' && replicas < 0) {
    errors.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'));
  }
  const parsed = selectorFromObject(selector);
  if (!parsed) errors.push(required('spec.selector'));
  else {
    errors.push(...validateSelector(selector, 'spec.selector'));
    if (parsed.length === 0) {
      errors.push(invalidValue('spec.selector', {}, 'empty selector is invalid for deployment', '{}'));
    }
  }
  const labels = stringsOf(objectOf(template['metadata'])['labels']);
  if (parsed && parsed.length > 0 && !matchesLabels(parsed, labels)) {
    errors.push(
      invalidValue(
        'spec.template.metadata.labels',
        labels,
        '`selector` does not match template `labels`',
        goStringMap(labels),
      ),
    );
  }
  errors.push(...validateLabels(labels, 'spec.template.labels'));
  errors.push(...validatePodSpec(objectOf(template['spec']), 'spec.template.spec'));
  const restart = objectOf(template['spec'])['restartPolicy'];
  if (restart === 'OnFailure' || restart === 'Never') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restart, ['Always']));
  }
  const strategy = objectOf(spec['strategy']);
  const kind = strategy['type'];
  if (kind !== undefined && !['Recreate', 'RollingUpdate'].includes(String(kind))) {
    errors.push(notSupported('spec.strategy.type', String(kind), ['Recreate', 'RollingUpdate']));
  }
  if (kind === 'Recreate' && isObject(strategy['rollingUpdate'])) {
    errors.push(
      forbiddenValue('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'"),
    );
  }
  if (old && !equal(objectOf(old['spec'])['selector'], selector)) {
    errors.push(invalidValue('spec.selector', selector, IMMUTABLE, goSelector(selector)));
  }
  return errors;
}

function goSelector(selector: unknown): string {
  const labels = stringsOf(objectOf(selector)['matchLabels']);
  return `v1.LabelSelector{MatchLabels:${goStringMap(labels)}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}`;
}

function validateBinding(binding: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const role = objectOf(binding['roleRef']);
  const kinds = binding.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['ClusterRole', 'Role'];
  if (role['apiGroup'] !== 'rbac.authorization.k8s.io') {
    errors.push(notSupported('roleRef.apiGroup', String(role['apiGroup'] ?? ''), ['rbac.authorization.k8s.io']));
  }
  if (!kinds.includes(String(role['kind'])))
    errors.push(notSupported('roleRef.kind', String(role['kind'] ?? ''), kinds));
  if ((stringOf(role['name']) ?? '') === '') errors.push(required('roleRef.name'));
  for (const [index, subject] of objectsOf(binding['subjects']).entries()) {
    const path = `subjects[${index}]`;
    if ((stringOf(subject['name']) ?? '') === '') errors.push(required(`${path}.name`));
    if (!['Group', 'ServiceAccount', 'User'].includes(String(subject['kind']))) {
      errors.push(notSupported(`${path}.kind`, String(subject['kind'] ?? ''), ['ServiceAccount', 'User', 'Group']));
    }
    if (
      subject['kind'] === 'ServiceAccount' &&
      binding.kind === 'ClusterRoleBinding' &&
      !stringOf(subject['namespace'])
    ) {
      errors.push(required(`${path}.namespace`));
    }
  }
  if (old && !equal(old['roleRef'], role)) {
    errors.push(invalidValue('roleRef', role, 'cannot change roleRef', goRoleRef(role)));
  }
  return errors;
}

const goRoleRef = (role: JsonObject): string =>
  `rbac.RoleRef{APIGroup:${JSON.stringify(role['apiGroup'])}, Kind:${JSON.stringify(role['kind'])}, Name:${JSON.stringify(role['name'])}}`;

function validateRole(role: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, rule] of objectsOf(role['rules']).entries()) {
    const path = `rules[${index}]`;
    if (listOf(rule['verbs']).length === 0)
      errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
    if (listOf(rule['nonResourceURLs']).length > 0) {
      if (role.kind === 'Role') {
        errors.push(
          invalidValue(
            `${path}.nonResourceURLs`,
            rule['nonResourceURLs'],
            'namespaced rules cannot apply to non-resource URLs',
          ),
        );
      }
      continue;
    }
    if (listOf(rule['apiGroups']).length === 0) {
      errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
    }
    if (listOf(rule['resources']).length === 0) {
      errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
    }
  }
  return errors;
}

function validateWebhooks(configuration: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, webhook] of objectsOf(configuration['webhooks']).entries()) {
    const path = `webhooks[${index}]`;
    const name = stringOf(webhook['name']) ?? '';
    if (name === '') errors.push(required(`${path}.name`));
    else if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    else if (name.split('.').length < 3) {
      errors.push(
        invalidValue(`${path}.name`, name, 'should be a domain with at least three segments separated by dots'),
      );
    } else for (const problem of problemsOfSubdomain(name)) errors.push(invalidValue(`${path}.name`, name, problem));
    names.add(name);
    const versions = listOf(webhook['admissionReviewVersions']);
    if (versions.length === 0) {
      errors.push(required(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1'));
    } else if (!versions.includes('v1') && !versions.includes('v1beta1')) {
      errors.push(
        invalidValue(`${path}.admissionReviewVersions`, versions, 'must include at least one of v1, v1beta1'),
      );
    }
    const effects = String(webhook['sideEffects'] ?? '');
    if (effects === '') errors.push(required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
    else if (!['None', 'NoneOnDryRun'].includes(effects)) {
      errors.push(notSupported(`${path}.sideEffects`, effects, ['None', 'NoneOnDryRun']));
    }
    const policy = String(webhook['failurePolicy'] ?? 'Fail');
    if (!['Fail', 'Ignore'].includes(policy))
      errors.push(notSupported(`${path}.failurePolicy`, policy, ['Fail', 'Ignore']));
    const timeout = webhook['timeoutSeconds'];
    if (typeof timeout === 'number' && (timeout < 1 || timeout > 30)) {
      errors.push(
        invalidValue(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds'),
      );
    }
    const config = objectOf(webhook['clientConfig']);
    if (isObject(config['service']) === (config['url'] !== undefined)) {
      errors.push(required(`${path}.clientConfig`, 'exactly one of url or service is required'));
    }
    const service = config['service'];
    if (isObject(service)) {
      if (!stringOf(service['name']))
        errors.push(required(`${path}.clientConfig.service.name`, 'service name is required'));
      if (!stringOf(service['namespace'])) {
        errors.push(required(`${path}.clientConfig.service.namespace`, 'service namespace is required'));
      }
    }
    errors.push(...validateSelector(webhook['namespaceSelector'], `${path}.namespaceSelector`));
    errors.push(...validateSelector(webhook['objectSelector'], `${path}.objectSelector`));
  }
  return errors;
}

function validateDefinition(definition: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const spec = objectOf(definition['spec']);
  const names = objectOf(spec['names']);
  const group = stringOf(spec['group']) ?? '';
  const plural = stringOf(names['plural']) ?? '';
  if (definition.metadata.name !== `${plural}.${group}`) {
    errors.push(invalidValue('metadata.name', definition.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (group === '') errors.push(required('spec.group'));
  else if (group.split('.').length < 2)
    errors.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  if (!['Cluster', 'Namespaced'].includes(String(spec['scope']))) {
    errors.push(notSupported('spec.scope', String(spec['scope'] ?? ''), ['Cluster', 'Namespaced']));
  }
  const versions = objectsOf(spec['versions']);
  if (versions.filter(version => version['storage'] === true).length !== 1) {
    errors.push(
      invalidValue(
        'spec.versions',
        versions.map(version => version['name']),
        'must have exactly one version marked as storage version',
      ),
    );
  }
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`;
    const name = stringOf(version['name']) ?? '';
    for (const problem of problemsOfLabel1035(name)) errors.push(invalidValue(`${path}.name`, name, problem));
    if (!isObject(objectOf(version['schema'])['openAPIV3Schema'])) {
      errors.push(required(`${path}.schema.openAPIV3Schema`, 'schemas are required'));
    }
  }
  if (plural === '') errors.push(required('spec.names.plural'));
  if (!stringOf(names['kind'])) errors.push(required('spec.names.kind'));
  return errors;
}

function validateEndpoints(endpoints: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, subset] of objectsOf(endpoints['subsets']).entries()) {
    const path = `subsets[${index}]`;
    const ports = objectsOf(subset['ports']);
    for (const list of ['addresses', 'notReadyAddresses']) {
      for (const [position, address] of objectsOf(subset[list]).entries()) {
        const ip = stringOf(address['ip']) ?? '';
        errors.push(...validateAddress(ip, `${path}.${list}[${position}].ip`));
      }
    }
    if (objectsOf(subset['addresses']).length + objectsOf(subset['notReadyAddresses']).length === 0) {
      errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const [position, port] of ports.entries()) {
      if (ports.length > 1 && !stringOf(port['name'])) errors.push(required(`${path}.ports[${position}].name`));
      errors.push(...validatePort(port['port'], `${path}.ports[${position}].port`));
    }
  }
  return errors;
}

/** Dotted IPv4, or something with colons. Loopback and link-local ones are no endpoints. */
function validateAddress(ip: string, field: string): FieldError[] {
  const parts = ip.split('.');
  const isV4 = parts.length === 4 && parts.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  if (!isV4 && !/^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(ip)) {
    return [invalidValue(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
  }
  if (parts[0] === '127') return [invalidValue(field, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  if (ip === '0.0.0.0') return [invalidValue(field, ip, 'may not be unspecified (0.0.0.0 or ::)')];
  return [];
}

function validateSlice(slice: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const kinds = ['FQDN', 'IPv4', 'IPv6'];
  const kind = String(slice['addressType'] ?? '');
  if (kind === '') errors.push(required('addressType'));
  else if (!kinds.includes(kind)) errors.push(notSupported('addressType', kind, kinds));
  if (old && old['addressType'] !== kind) errors.push(invalidValue('addressType', kind, IMMUTABLE));
  for (const [index, endpoint] of objectsOf(slice['endpoints']).entries()) {
    const addresses = listOf(endpoint['addresses']);
    if (addresses.length === 0)
      errors.push(required(`endpoints[${index}].addresses`, 'must contain at least 1 address'));
    if (kind !== 'IPv4') continue;
    for (const [position, address] of addresses.entries()) {
      errors.push(...validateAddress(String(address), `endpoints[${index}].addresses[${position}]`));
    }
  }
  return errors;
}

function validateAutoscaler(autoscaler: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const spec = objectOf(autoscaler['spec']);
  const target = objectOf(spec['scaleTargetRef']);
  const most = spec['maxReplicas'];
  if (typeof most !== 'number' || most < 1)
    errors.push(invalidValue('spec.maxReplicas', most ?? 0, 'must be greater than 0'));
  else if (Number(spec['minReplicas'] ?? 1) > most) {
    errors.push(invalidValue('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`'));
  }
  errors.push(
    ...validateReference(target['kind'], 'spec.scaleTargetRef.kind').filter(
      error => error.reason === 'FieldValueRequired',
    ),
  );
  errors.push(...validateReference(target['name'], 'spec.scaleTargetRef.name'));
  return errors;
}

/** By resource key. */
export const KIND_VALIDATORS: Readonly<Record<string, KindValidator>> = {
  configmaps: validateContent,
  secrets: validateSecret,
  services: validateService,
  endpoints: validateEndpoints,
  pods: (pod, old) => (old ? validatePodUpdate(pod, old) : validatePodSpec(objectOf(pod['spec']), 'spec')),
  'deployments.apps': validateWorkload,
  'replicasets.apps': validateWorkload,
  'endpointslices.discovery.k8s.io': validateSlice,
  'horizontalpodautoscalers.autoscaling': validateAutoscaler,
  'roles.rbac.authorization.k8s.io': validateRole,
  'clusterroles.rbac.authorization.k8s.io': validateRole,
  'rolebindings.rbac.authorization.k8s.io': validateBinding,
  'clusterrolebindings.rbac.authorization.k8s.io': validateBinding,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': validateWebhooks,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': validateWebhooks,
  'customresourcedefinitions.apiextensions.k8s.io': validateDefinition,
};
