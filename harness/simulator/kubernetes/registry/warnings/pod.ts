/** What the server says of pods that it takes (pkg/api/pod/warnings.go @v1.34). */
import { isObject, type JsonObject, listOf, objectOf, objectsOf, stringsOf } from '../json.ts';
import { parseQuantity } from '../quantity.ts';
import { isSet, numberOf, textOf } from '../validation/entries.ts';
import { problemsOfLabelValue } from '../validation/label-rules.ts';
import { warningsOfAddress } from './addresses.ts';
import { warningsOfPorts } from './pod-ports.ts';
import { overlapsOfVolumes } from './pod-volumes.ts';

const NEGATIVE_GRACE = 'must be >= 0; negative values are invalid and will be treated as 1';
const MAY_BE_DROPPED = 'which may be dropped when using apply';

/** Labels of nodes that have a successor (pkg/api/node/util.go). */
const OLD_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods':
    'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};
const OLD_ANNOTATIONS: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod':
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const OLD_VOLUMES: ReadonlyMap<string, string> = new Map([
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]);
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_OF_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const NO_SELECTOR = 'a null labelSelector results in matching no pod';

/**
 * Tells what is odd about a pod or a template.
 * @param prefix - the path of a template with a dot at its end; empty for a pod
 */
export function warningsOfPod(metadata: JsonObject, spec: JsonObject, prefix: string): string[] {
  const annotations = stringsOf(metadata['annotations']);
  return [
    ...ofPlacement(spec, `${prefix}spec`),
    ...Object.entries(OLD_ANNOTATIONS)
      .filter(([key]) => annotations[key] !== undefined)
      .map(([key, text]) => `${prefix}metadata.annotations[${key}]: ${text}`),
    ...ofVolumes(objectsOf(spec['volumes']), `${prefix}spec.volumes`),
    ...overlapsOfVolumes(objectsOf(spec['volumes'])),
    ...repeated(objectsOf(spec['hostAliases']), 'ip', `${prefix}spec.hostAliases`),
    ...repeated(objectsOf(spec['imagePullSecrets']), 'name', `${prefix}spec.imagePullSecrets`),
    ...objectsOf(spec['imagePullSecrets']).flatMap((secret, index) =>
      textOf(secret['name']) === ''
        ? [`${prefix}spec.imagePullSecrets[${index}].name: invalid empty name ""`]
        : [],
    ),
    ...fractions(objectOf(spec['overhead']), `${prefix}spec.overhead`),
    ...ofContainers(annotations, spec, prefix),
    ...warningsOfPorts(spec, `${prefix}spec`),
    ...(numberOf(spec['terminationGracePeriodSeconds']) < 0
      ? [`${prefix}spec.terminationGracePeriodSeconds: ${NEGATIVE_GRACE}`]
      : []),
    ...ofPodAffinity(objectOf(spec['affinity']), `${prefix}spec.affinity`),
    ...listOf(objectOf(spec['dnsConfig'])['nameservers']).flatMap((server, index) =>
      warningsOfAddress(String(server), `${prefix}spec.dnsConfig.nameservers[${index}]`),
    ),
    ...objectsOf(spec['hostAliases']).flatMap((alias, index) =>
      warningsOfAddress(textOf(alias['ip']), `${prefix}spec.hostAliases[${index}].ip`),
    ),
  ];
}

function ofPlacement(spec: JsonObject, path: string): string[] {
  const warnings = Object.keys(objectOf(spec['nodeSelector'])).flatMap(key =>
    OLD_NODE_LABELS[key] === undefined ? [] : [`${path}.nodeSelector[${key}]: ${OLD_NODE_LABELS[key]}`],
  );
  const affinity = objectOf(objectOf(spec['affinity'])['nodeAffinity']);
  const at = `${path}.affinity.nodeAffinity`;
  for (const [index, term] of objectsOf(objectOf(affinity[REQUIRED])['nodeSelectorTerms']).entries())
    warnings.push(...ofTerm(term, `${at}.${REQUIRED}.nodeSelectorTerms[${index}]`, false));
  for (const [index, term] of objectsOf(affinity[PREFERRED]).entries())
    warnings.push(...ofTerm(objectOf(term['preference']), `${at}.${PREFERRED}[${index}].preference`, true));
  for (const [index, constraint] of objectsOf(spec['topologySpreadConstraints']).entries()) {
    const where = `${path}.topologySpreadConstraints[${index}]`;
    const key = textOf(constraint['topologyKey']);
    if (OLD_NODE_LABELS[key] !== undefined)
      warnings.push(`${where}.topologyKey: ${key} is ${OLD_NODE_LABELS[key]}`);
    if (!isObject(constraint['labelSelector'])) warnings.push(`${where}.labelSelector: ${NO_SELECTOR}`);
  }
  return warnings;
}

/** @param checksValues - whether values that no label has are told, too: those of preferences are taken */
function ofTerm(term: JsonObject, path: string, checksValues: boolean): string[] {
  return objectsOf(term['matchExpressions']).flatMap(({ key, values }, index) => {
    const at = `${path}.matchExpressions[${index}]`;
    const old = OLD_NODE_LABELS[textOf(key)];
    const warnings = old === undefined ? [] : [`${at}.key: ${textOf(key)} is ${old}`];
    if (!checksValues) return warnings;
    const bad = listOf(values).flatMap((value, position) =>
      problemsOfLabelValue(String(value)).map(
        problem => `${at}.values[${position}]: ${String(value)} is invalid, ${problem}`,
      ),
    );
    return [...warnings, ...bad];
  });
}

function ofPodAffinity(affinity: JsonObject, path: string): string[] {
  return ['podAffinity', 'podAntiAffinity'].flatMap(kind => {
    const terms = objectOf(affinity[kind]);
    const required = objectsOf(terms[REQUIRED]).map((term, index) => ({
      term,
      at: `${path}.${kind}.${REQUIRED}[${index}]`,
    }));
    const preferred = objectsOf(terms[PREFERRED]).map((term, index) => ({
      term: objectOf(term['podAffinityTerm']),
      at: `${path}.${kind}.${PREFERRED}[${index}].podAffinityTerm`,
    }));
    return [...required, ...preferred]
      .filter(({ term }) => !isObject(term['labelSelector']))
      .map(({ at }) => `${at}.labelSelector: ${NO_SELECTOR}`);
  });
}

function ofVolumes(volumes: readonly JsonObject[], path: string): string[] {
  return volumes.flatMap((volume, index) => {
    const old = Object.keys(volume)
      .filter(key => OLD_VOLUMES.has(key) && isObject(volume[key]))
      .map(key => `${path}[${index}].${key}: ${OLD_VOLUMES.get(key)}`);
    const claim = objectOf(objectOf(objectOf(volume['ephemeral'])['volumeClaimTemplate'])['spec']);
    return [...old, ...warningsOfClaim(claim, `${path}[${index}].ephemeral.volumeClaimTemplate.spec`)];
  });
}

/** Tells what is odd about the spec of a claim on storage (pkg/api/persistentvolumeclaim/util.go). */
export function warningsOfClaim(spec: JsonObject, path: string): string[] {
  return ['requests', 'limits'].flatMap(list => {
    const { storage } = objectOf(objectOf(spec['resources'])[list]);
    return isSet(storage) ? fraction(storage, `${path}.resources.${list}[storage]`) : [];
  });
}

function fraction(amount: unknown, path: string): string[] {
  const text = String(amount);
  if (Number.isInteger(parseQuantity(text))) return [];
  return [`${path}: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`];
}

const fractions = (amounts: JsonObject, path: string): string[] =>
  ['memory', 'ephemeral-storage'].flatMap(name =>
    isSet(amounts[name]) ? fraction(amounts[name], `${path}[${name}]`) : [],
  );

function repeated(entries: readonly JsonObject[], key: 'ip' | 'name', path: string): string[] {
  const taken = new Set<string>();
  return entries.flatMap((entry, index) => {
    const value = textOf(entry[key]);
    if (taken.has(value)) return [`${path}[${index}].${key}: duplicate ${key} ${JSON.stringify(value)}`];
    taken.add(value);
    return [];
  });
}

function ofContainers(
  annotations: Readonly<Record<string, string>>,
  spec: JsonObject,
  prefix: string,
): string[] {
  const warnings: string[] = [];
  const own = objectOf(spec['securityContext']);
  const tell = (key: string, text: string) => {
    if (annotations[key] !== undefined) warnings.push(`${prefix}metadata.annotations[${key}]: ${text}`);
  };
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  if (!isObject(own['seccompProfile'])) tell(SECCOMP_OF_POD, seccomp);
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const [index, container] of objectsOf(spec[list]).entries()) {
      const path = `${prefix}spec.${list}[${index}]`;
      const context = objectOf(container['securityContext']);
      const name = textOf(container['name']);
      if (!isObject(context['seccompProfile'])) tell(`${SECCOMP_OF_CONTAINER}${name}`, seccomp);
      if (!isObject(context['appArmorProfile']) && !isObject(own['appArmorProfile']))
        tell(`${APP_ARMOR}${name}`, 'deprecated since v1.30; use the "appArmorProfile" field instead');
      const { limits, requests } = objectOf(container['resources']);
      for (const resource of ['memory', 'ephemeral-storage']) {
        for (const [key, amounts] of Object.entries({ limits, requests })) {
          const amount = objectOf(amounts)[resource];
          if (isSet(amount)) warnings.push(...fraction(amount, `${path}.resources.${key}[${resource}]`));
        }
      }
      warnings.push(...hiddenVariables(objectsOf(container['env']), `${path}.env`));
    }
  }
  return warnings;
}

/** A variable may build on an earlier one of its name; else it hides that. */
function hiddenVariables(env: readonly JsonObject[], path: string): string[] {
  const taken = new Set<string>();
  return env.flatMap((entry, index) => {
    const [name, value] = [textOf(entry['name']), textOf(entry['value'])];
    if (!taken.has(name)) {
      taken.add(name);
      return [];
    }
    const reference = `$(${name})`;
    if (!isObject(entry['valueFrom']) && value !== reference && value.includes(reference)) return [];
    return [`${path}[${index}]: hides previous definition of ${JSON.stringify(name)}, ${MAY_BE_DROPPED}`];
  });
}
