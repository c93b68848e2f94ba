/**
 * What holds for pods and templates of pods (pkg/apis/core/validation/validation.go @v1.32), as far as users
 * meet it.
 */
import {
  copy,
  equal,
  isObject,
  type JsonObject,
  type KubernetesObject,
  objectOf,
  objectsOf,
  stringOf,
} from '../json.ts';
import { parseQuantity } from '../quantity.ts';
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  required,
} from '../status.ts';
import { problemsOfEnvName, problemsOfLabel, problemsOfPortName, problemsOfSubdomain } from './names.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

function portNumber(value: unknown, field: string): FieldError[] {
  return isPort(value) ? [] : [invalidValue(field, value ?? 0, 'must be between 1 and 65535, inclusive')];
}

export function validatePodSpec(spec: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = new Set<string>();
  for (const [index, volume] of objectsOf(spec['volumes']).entries()) {
    const path = `${field}.volumes[${index}].name`;
    const name = stringOf(volume['name']) ?? '';
    if (name === '') errors.push(required(path));
    else if (volumes.has(name)) errors.push(duplicate(path, name));
    else for (const problem of problemsOfLabel(name)) errors.push(invalidValue(path, name, problem));
    volumes.add(name);
  }
  const containers = objectsOf(spec['containers']);
  if (containers.length === 0) errors.push(required(`${field}.containers`));
  const names = new Set<string>();
  for (const list of ['initContainers', 'containers']) {
    for (const [index, container] of objectsOf(spec[list]).entries()) {
      errors.push(...validateContainer(container, `${field}.${list}[${index}]`, names, volumes));
    }
  }
  const restart = spec['restartPolicy'];
  if (restart !== undefined && !['Always', 'OnFailure', 'Never'].includes(String(restart))) {
    errors.push(notSupported(`${field}.restartPolicy`, String(restart), ['Always', 'OnFailure', 'Never']));
  }
  const dns = spec['dnsPolicy'];
  const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
  if (dns !== undefined && !dnsPolicies.includes(String(dns))) {
    errors.push(notSupported(`${field}.dnsPolicy`, String(dns), dnsPolicies));
  }
  for (const key of ['serviceAccountName', 'nodeName']) {
    const value = stringOf(spec[key]) ?? '';
    if (value !== '') {
      for (const problem of problemsOfSubdomain(value))
        errors.push(invalidValue(`${field}.${key}`, value, problem));
    }
  }
  const grace = spec['terminationGracePeriodSeconds'];
  if (typeof grace === 'number' && grace < 0) {
    errors.push(
      invalidValue(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0'),
    );
  }
  return errors;
}

function validateContainer(
  container: JsonObject,
  field: string,
  names: Set<string>,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  const name = stringOf(container['name']) ?? '';
  if (name === '') errors.push(required(`${field}.name`));
  else {
    for (const problem of problemsOfLabel(name)) errors.push(invalidValue(`${field}.name`, name, problem));
    if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
  }
  const image = stringOf(container['image']) ?? '';
  if (image === '') errors.push(required(`${field}.image`));
  else if (image.trim() !== image) {
    errors.push(invalidValue(`${field}.image`, image, 'must not have leading or trailing whitespace'));
  }
  const policy = stringOf(container['imagePullPolicy']) ?? 'Always';
  if (!PULL_POLICIES.includes(policy))
    errors.push(notSupported(`${field}.imagePullPolicy`, policy, PULL_POLICIES));
  const portNames = new Set<string>();
  for (const [index, port] of objectsOf(container['ports']).entries()) {
    const path = `${field}.ports[${index}]`;
    const portName = stringOf(port['name']) ?? '';
    if (portName !== '') {
      for (const problem of problemsOfPortName(portName))
        errors.push(invalidValue(`${path}.name`, portName, problem));
      if (portNames.has(portName)) errors.push(duplicate(`${path}.name`, portName));
      portNames.add(portName);
    }
    if (port['containerPort'] === undefined || port['containerPort'] === 0)
      errors.push(required(`${path}.containerPort`));
    else errors.push(...portNumber(port['containerPort'], `${path}.containerPort`));
    const protocol = String(port['protocol'] ?? 'TCP');
    if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  }
  for (const [index, env] of objectsOf(container['env']).entries()) {
    const path = `${field}.env[${index}]`;
    const key = stringOf(env['name']) ?? '';
    if (key === '') errors.push(required(`${path}.name`));
    else
      for (const problem of problemsOfEnvName(key)) errors.push(invalidValue(`${path}.name`, key, problem));
    if (isObject(env['valueFrom']) && (stringOf(env['value']) ?? '') !== '') {
      errors.push(invalidValue(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
  }
  const mounts = new Set<string>();
  for (const [index, mount] of objectsOf(container['volumeMounts']).entries()) {
    const path = `${field}.volumeMounts[${index}]`;
    const volume = stringOf(mount['name']) ?? '';
    if (volume === '') errors.push(required(`${path}.name`));
    else if (!volumes.has(volume)) {
      errors.push({
        reason: 'FieldValueNotFound',
        field: `${path}.name`,
        message: `Not found: ${JSON.stringify(volume)}`,
      });
    }
    const at = stringOf(mount['mountPath']) ?? '';
    if (at === '') errors.push(required(`${path}.mountPath`));
    else if (mounts.has(at)) errors.push(invalidValue(`${path}.mountPath`, at, 'must be unique'));
    mounts.add(at);
  }
  errors.push(...validateResources(objectOf(container['resources']), `${field}.resources`));
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (isObject(container[probe])) errors.push(...validateProbe(container[probe], `${field}.${probe}`));
  }
  return errors;
}

function validateProbe(probe: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter(key => isObject(probe[key]));
  if (handlers.length === 0) errors.push(required(field, 'must specify a handler type'));
  if (handlers.length > 1) {
    errors.push(forbiddenValue(`${field}.${handlers[1]}`, 'may not specify more than 1 handler type'));
  }
  const get = probe['httpGet'];
  if (isObject(get) && typeof get['port'] === 'number')
    errors.push(...portNumber(get['port'], `${field}.httpGet.port`));
  return errors;
}

function validateResources(resources: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const limits = objectOf(resources['limits']);
  for (const [name, amount] of Object.entries(objectOf(resources['requests']))) {
    const limit = limits[name];
    if (limit === undefined) continue;
    if (parseQuantity(String(amount)) > parseQuantity(String(limit))) {
      errors.push(
        invalidValue(
          `${field}.requests`,
          String(amount),
          `must be less than or equal to ${name} limit of ${String(limit)}`,
        ),
      );
    }
  }
  return errors;
}

/**
 * The fields of a pod that may change; the text is long, as the real one's, which has the difference behind
 * it.
 */
const POD_UPDATE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** ValidatePodUpdate. */
export function validatePodUpdate(pod: KubernetesObject, old: KubernetesObject): FieldError[] {
  const before = objectOf(old['spec']);
  const after = objectOf(pod['spec']);
  for (const list of ['containers', 'initContainers']) {
    if (objectsOf(before[list]).length !== objectsOf(after[list]).length) {
      return [forbiddenValue(`spec.${list}`, 'pod updates may not add or remove containers')];
    }
  }
  const errors = [
    ...changeOfDeadline(after['activeDeadlineSeconds'], before['activeDeadlineSeconds']),
    ...changeOfTolerations(after['tolerations'], before['tolerations']),
    ...changeOfGates(after['schedulingGates'], before['schedulingGates']),
  ];
  if (!equal(fixedPartOf(before), fixedPartOf(after))) errors.push(forbiddenValue('spec', POD_UPDATE));
  return errors;
}

/** What of a pod's spec may not change at all. */
function fixedPartOf(spec: JsonObject): JsonObject {
  const part = copy(spec);
  for (const list of ['containers', 'initContainers']) {
    for (const container of objectsOf(part[list])) delete container['image'];
  }
  // A binding, which is not checked, chooses the node; ephemeral containers have a subresource.
  for (const key of ['activeDeadlineSeconds', 'tolerations', 'ephemeralContainers', 'schedulingGates'])
    delete part[key];
  return part;
}

function changeOfDeadline(after: unknown, before: unknown): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (after === undefined) {
    const text = 'must not update from a positive integer to nil value';
    return before === undefined ? [] : [invalidValue(field, after, text)];
  }
  const isLater = typeof before === 'number' && Number(after) > before;
  return isLater ? [invalidValue(field, after, 'must be less than or equal to previous value')] : [];
}

function changeOfTolerations(after: unknown, before: unknown): FieldError[] {
  const plain = (toleration: JsonObject) => ({ ...toleration, tolerationSeconds: undefined });
  const isKept = (old: JsonObject) =>
    objectsOf(after).some(toleration => equal(plain(toleration), plain(old)));
  if (objectsOf(before).every(isKept)) return [];
  return [
    forbiddenValue(
      'spec.tolerations',
      'existing toleration can not be modified except its tolerationSeconds',
    ),
  ];
}

function changeOfGates(after: unknown, before: unknown): FieldError[] {
  const known = objectsOf(before).map(gate => gate['name']);
  return objectsOf(after).flatMap(({ name }, index) =>
    known.includes(name)
      ? []
      : [
          forbiddenValue(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${String(name)}'`,
          ),
        ],
  );
}
