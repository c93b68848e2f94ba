/** What holds for pods and templates of pods (pkg/apis/core/validation/validation.go @v1.32), as far as users meet it. */
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
import { duplicate, type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../status.ts';
import { problemsOfEnvName, problemsOfLabel, problemsOfPortName, problemsOfSubdomain } from './names.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([EPTGMk]i?|[numKe]?|Ki|[eE][+-]?\d+)$/;

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

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
      for (const problem of problemsOfSubdomain(value)) errors.push(invalidValue(`${field}.${key}`, value, problem));
    }
  }
  const grace = spec['terminationGracePeriodSeconds'];
  if (typeof grace === 'number' && grace < 0) {
    errors.push(invalidValue(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0'));
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
  if (!PULL_POLICIES.includes(policy)) errors.push(notSupported(`${field}.imagePullPolicy`, policy, PULL_POLICIES));
  const portNames = new Set<string>();
  for (const [index, port] of objectsOf(container['ports']).entries()) {
    const path = `${field}.ports[${index}]`;
    const portName = stringOf(port['name']) ?? '';
    if (portName !== '') {
      for (const problem of problemsOfPortName(portName)) errors.push(invalidValue(`${path}.name`, portName, problem));
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
    else for (const problem of problemsOfEnvName(key)) errors.push(invalidValue(`${path}.name`, key, problem));
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
  for (const list of ['limits', 'requests']) {
    for (const [name, amount] of Object.entries(objectOf(resources[list]))) {
      if (!QUANTITY.test(String(amount))) {
        errors.push(
          invalidValue(
            `${field}.${list}[${name}]`,
            String(amount),
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
          ),
        );
      }
    }
  }
  for (const [name, amount] of Object.entries(objectOf(resources['requests']))) {
    const limit = limits[name];
    if (limit === undefined) continue;
    if (quantityOf(amount) > quantityOf(limit)) {
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

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

function quantityOf(value: unknown): number {
  const match = /^([+-]?[\d.]+)([a-zA-Z]*)$/.exec(String(value));
  if (!match) return Number(value);
  return Number(match[1]) * (SUFFIXES[match[2] ?? ''] ?? 1);
}

/** Only few fields of a pod may change; the text is long, as the real one's. */
export function validatePodUpdate(pod: KubernetesObject, old: KubernetesObject): FieldError[] {
  const comparable = (object: KubernetesObject): JsonObject => {
    const spec = copy(objectOf(object['spec']));
    for (const list of ['containers', 'initContainers', 'ephemeralContainers']) {
      for (const container of objectsOf(spec[list])) delete container['image'];
    }
    for (const key of [
      'activeDeadlineSeconds',
      'tolerations',
      'ephemeralContainers',
      'terminationGracePeriodSeconds',
    ]) {
      delete spec[key];
    }
    delete spec['schedulingGates'];
    return spec;
  };
  const before = comparable(old);
  const after = comparable(pod);
  // A binding is the one way in which a node is chosen.
  if (before['nodeName'] === undefined) delete after['nodeName'];
  if (equal(before, after)) return [];
  return [
    forbiddenValue(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}
