/** Security contexts of pods and containers (core/validation @v1.34, ValidateSecurityContext). */
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  required,
} from '../../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf } from '../../json.ts';
import { inRange, isSet, textOf, validateChoice } from '../entries.ts';
import { descendingPath } from './paths.ts';

const MAX_ID = 2_147_483_647;
const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const SYSCTL_FORMAT = new RegExp(SYSCTL);

/** Checks ids that are set: they lie from 0 to the largest of 32 bits. */
function validateIds(context: JsonObject, field: string, keys: readonly string[]): FieldError[] {
  return keys
    .filter(key => isSet(context[key]))
    .flatMap(key => inRange(context[key], `${field}.${key}`, 0, MAX_ID));
}

/** Checks what a container may. @param hostUsers - whether the pod has the users of the node */
export function validateSecurity(context: JsonObject, field: string, hostUsers: boolean): FieldError[] {
  const errors = validateIds(context, field, ['runAsUser', 'runAsGroup']);
  const proc = context['procMount'];
  errors.push(...validateChoice(proc, `${field}.procMount`, ['Default', 'Unmasked']));
  if (hostUsers && proc === 'Unmasked')
    errors.push(invalidValue(`${field}.procMount`, proc, '`hostUsers` must be false to use `Unmasked`'));
  errors.push(...validateSeccomp(context['seccompProfile'], `${field}.seccompProfile`));
  if (context['allowPrivilegeEscalation'] === false) {
    const refuse = (text: string) =>
      errors.push(
        invalidValue(
          field,
          shownContext(context),
          `cannot set \`allowPrivilegeEscalation\` to false and ${text}`,
        ),
      );
    if (context['privileged'] === true) refuse('`privileged` to true');
    for (const capability of listOf(objectOf(context['capabilities'])['add']))
      if (capability === 'CAP_SYS_ADMIN') refuse('`capabilities.Add` CAP_SYS_ADMIN');
  }
  return [...errors, ...validateAppArmor(context['appArmorProfile'], `${field}.appArmorProfile`)];
}

/** Shows a context as the server's own struct, whose fields have their names in Go. */
function shownContext(context: JsonObject): JsonObject {
  const pointer = (key: string) => context[key] ?? null;
  const { capabilities } = context;
  return {
    Capabilities: isObject(capabilities)
      ? { Add: capabilities['add'] ?? null, Drop: capabilities['drop'] ?? null }
      : null,
    Privileged: pointer('privileged'),
    SELinuxOptions: pointer('seLinuxOptions'),
    WindowsOptions: pointer('windowsOptions'),
    RunAsUser: pointer('runAsUser'),
    RunAsGroup: pointer('runAsGroup'),
    RunAsNonRoot: pointer('runAsNonRoot'),
    ReadOnlyRootFilesystem: pointer('readOnlyRootFilesystem'),
    AllowPrivilegeEscalation: pointer('allowPrivilegeEscalation'),
    ProcMount: pointer('procMount'),
    SeccompProfile: pointer('seccompProfile'),
    AppArmorProfile: pointer('appArmorProfile'),
  };
}

function validateSeccomp(profile: unknown, field: string): FieldError[] {
  if (!isObject(profile)) return [];
  const type = textOf(profile['type']);
  const local = profile['localhostProfile'];
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${field}.type`, 'type is required when seccompProfile is set'));
  else errors.push(...validateChoice(type, `${field}.type`, PROFILES));
  if (type === 'Localhost') {
    if (!isSet(local))
      errors.push(required(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost'));
    else errors.push(...descendingPath(textOf(local), `${field}.localhostProfile`));
  } else if (isSet(local)) {
    const shown = { Type: type, LocalhostProfile: local };
    errors.push(
      invalidValue(`${field}.localhostProfile`, shown, 'can only be set when seccomp type is Localhost'),
    );
  }
  return errors;
}

function validateAppArmor(profile: unknown, field: string): FieldError[] {
  if (!isObject(profile)) return [];
  const type = textOf(profile['type']);
  const local = profile['localhostProfile'];
  const at = `${field}.localhostProfile`;
  if (type === '') return [required(`${field}.type`, 'type is required when appArmorProfile is set')];
  if (!PROFILES.includes(type)) return [notSupported(`${field}.type`, type, PROFILES)];
  if (type !== 'Localhost') {
    if (!isSet(local)) return [];
    return [invalidValue(at, local, 'can only be set when AppArmor type is Localhost')];
  }
  const text = textOf(local);
  if (text.trim() !== text) return [invalidValue(at, text, 'must not be padded with whitespace')];
  return text === '' ? [required(at, 'must be set when AppArmor type is Localhost')] : [];
}

/** Checks the security context of a pod or template (validatePodSpecSecurityContext). */
export function validatePodSecurity(spec: JsonObject, field: string): FieldError[] {
  const context = objectOf(spec['securityContext']);
  const errors = validateIds(context, field, ['fsGroup', 'runAsUser', 'runAsGroup']);
  for (const [index, group] of listOf(context['supplementalGroups']).entries())
    errors.push(...inRange(group, `${field}.supplementalGroups[${index}]`, 0, MAX_ID));
  if (spec['hostPID'] === true && spec['shareProcessNamespace'] === true) {
    const text = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalidValue(`${field}.shareProcessNamespace`, true, text));
  }
  errors.push(...validateSysctls(spec, objectsOf(context['sysctls']), `${field}.sysctls`));
  const choice = (key: string, choices: readonly string[]) =>
    validateChoice(context[key], `${field}.${key}`, choices);
  errors.push(...choice('fsGroupChangePolicy', ['Always', 'OnRootMismatch']));
  errors.push(...validateSeccomp(context['seccompProfile'], `${field}.seccompProfile`));
  errors.push(...validateAppArmor(context['appArmorProfile'], `${field}.appArmorProfile`));
  errors.push(...choice('supplementalGroupsPolicy', ['Merge', 'Strict']));
  return [...errors, ...choice('seLinuxChangePolicy', ['Recursive'])];
}

/** Kernel parameters of the namespace of the network, or of IPC (component-helpers util/sysctl). */
const OF_NETWORK = /^net\.|^net\//;
const OF_IPC = /^(kernel[./](sem|shm)|kernel[./]msg|fs[./]mqueue[./])/;

function validateSysctls(spec: JsonObject, sysctls: readonly JsonObject[], field: string): FieldError[] {
  const taken = new Set<string>();
  return sysctls.flatMap((sysctl, index) => {
    const path = `${field}[${index}].name`;
    const name = textOf(sysctl['name']);
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(path));
    else if (name.length > 253 || !SYSCTL_FORMAT.test(name)) {
      const text = `must have at most 253 characters and match regex ${SYSCTL}`;
      errors.push(invalidValue(path, name, text));
    } else if (taken.has(name)) errors.push(duplicate(path, name));
    taken.add(name);
    if (spec['hostNetwork'] === true && OF_NETWORK.test(name))
      errors.push(invalidValue(path, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec['hostIPC'] === true && OF_IPC.test(name))
      errors.push(invalidValue(path, name, "may not be specified when 'hostIPC' is true"));
    return errors;
  });
}

/** Checks that a pod with users of its own shares nothing else with its node (validateHostUsers). */
export function validateHostUsers(spec: JsonObject, field: string): FieldError[] {
  if (spec['hostUsers'] !== false) return [];
  const shared = { hostNetwork: 'hostNetwork', hostPID: 'HostPID', hostIPC: 'HostIPC' };
  return Object.entries(shared)
    .filter(([key]) => spec[key] === true)
    .map(([, shown]) => forbiddenValue(`${field}.${shown}`, 'when `hostUsers` is false'));
}
