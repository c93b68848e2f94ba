/** What holds for every container, whichever list it is in (validateContainerCommon @v1.34). */
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../../field-errors.ts';
import { type JsonObject, objectOf, objectsOf } from '../../json.ts';
import {
  invalidFor,
  labelText,
  numberOf,
  portNumber,
  requiredChoice,
  requiredText,
  textOf,
} from '../entries.ts';
import { problemsOfPortName } from '../names.ts';
import { validateEnv, validateEnvFrom } from './environment.ts';
import { type Volumes, validateDevices, validateMounts } from './mounts.ts';
import { validateResources } from './resources.ts';
import { validateSecurity } from './security.ts';

/** What the containers of a pod have in common. */
export interface PodContext {
  readonly volumes: Volumes;
  /** The names of the pod's claims on devices. */
  readonly claims: ReadonlySet<string>;
  readonly restartPolicy: string;
  /** Seconds that the pod has to end. */
  readonly grace: number | undefined;
  readonly os: string | undefined;
  /** Whether the pod has the users of its node. */
  readonly hostUsers: boolean;
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];

/** Checks a container by itself. */
export function validateContainer(container: JsonObject, field: string, pod: PodContext): FieldError[] {
  const name = textOf(container['name']);
  const at = (key: string) => `${field}.${key}`;
  return [
    ...(name === '' ? [required(at('name'))] : labelText(name, at('name'))),
    ...requiredText(container['image'], at('image')),
    ...requiredChoice(
      container['terminationMessagePolicy'],
      at('terminationMessagePolicy'),
      MESSAGE_POLICIES,
    ),
    ...validatePorts(objectsOf(container['ports']), at('ports')),
    ...validateEnv(objectsOf(container['env']), at('env')),
    ...validateEnvFrom(objectsOf(container['envFrom']), at('envFrom')),
    ...validateMounts(container, at('volumeMounts'), pod.volumes),
    ...validateDevices(container, at('volumeDevices'), pod.volumes),
    ...requiredChoice(container['imagePullPolicy'], at('imagePullPolicy'), PULL_POLICIES),
    ...validateResources(objectOf(container['resources']), at('resources'), {
      of: 'container',
      claims: pod.claims,
    }),
    ...validateResizing(objectsOf(container['resizePolicy']), at('resizePolicy'), pod.restartPolicy),
    ...validateSecurity(objectOf(container['securityContext']), at('securityContext'), pod.hostUsers),
  ];
}

function validatePorts(ports: readonly JsonObject[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const path = `${field}[${index}]`;
    const name = textOf(port['name']);
    if (name !== '') {
      const problems = problemsOfPortName(name);
      errors.push(...invalidFor(`${path}.name`, name, problems));
      if (problems.length === 0 && names.has(name)) errors.push(duplicate(`${path}.name`, name));
      if (problems.length === 0) names.add(name);
    }
    if (numberOf(port['containerPort']) === 0) errors.push(required(`${path}.containerPort`));
    else errors.push(...portNumber(port['containerPort'], `${path}.containerPort`));
    if (numberOf(port['hostPort']) !== 0) errors.push(...portNumber(port['hostPort'], `${path}.hostPort`));
    errors.push(...requiredChoice(port['protocol'], `${path}.protocol`, PROTOCOLS));
  }
  return errors;
}

/** Checks what happens to a container whose resources change; the server's errors name the list. */
function validateResizing(policies: readonly JsonObject[], field: string, restart: string): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  const check = (value: string, choices: readonly string[]) => {
    if (value === '') errors.push(required(field));
    else if (!choices.includes(value)) errors.push(notSupported(field, value, choices));
  };
  for (const [index, { resourceName, restartPolicy }] of policies.entries()) {
    const [name, policy] = [textOf(resourceName), textOf(restartPolicy)];
    if (taken.has(name)) errors.push(duplicate(`${field}[${index}]`, name));
    taken.add(name);
    check(name, ['cpu', 'memory']);
    check(policy, ['NotRequired', 'RestartContainer']);
    if (restart === 'Never' && policy !== 'NotRequired') {
      const text = "must be 'NotRequired' when `restartPolicy` is 'Never'";
      errors.push(invalidValue(field, policy, text));
    }
  }
  return errors;
}
