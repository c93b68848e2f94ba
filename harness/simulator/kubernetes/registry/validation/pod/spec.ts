/** The rules of pods and templates of pods (core/validation @v1.34, ValidatePodSpec). */
import { type FieldError, forbiddenValue, invalidValue } from '../../field-errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf } from '../../json.ts';
import { inRange, isSet, labelText, requiredChoice, subdomainText, textOf } from '../entries.ts';
import { validateLabels } from '../metadata.ts';
import { validateAffinity } from './affinity.ts';
import type { PodContext } from './container.ts';
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './containers.ts';
import {
  validateDnsConfig,
  validateDnsPolicy,
  validateHostAliases,
  validateHostName,
  validateHostNetwork,
} from './network.ts';
import { validateOs } from './os.ts';
import { validateGates, validateReadinessGates, validateSpread, validateTolerations } from './placement.ts';
import { validatePodResources } from './pod-resources.ts';
import { validateHostUsers, validatePodSecurity } from './security.ts';
import { validateVolumes } from './volumes.ts';

const MAX_DEADLINE = 2_147_483_647;
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

/**
 * Finds what is wrong with the spec of a pod or of a template.
 * @param field - its path, for the errors
 * @param podName - undefined for a template
 */
export function validatePodSpec(spec: JsonObject, field: string, podName?: string): FieldError[] {
  const at = (key: string) => `${field}.${key}`;
  const list = (key: string) => objectsOf(spec[key]);
  const volumes = validateVolumes(list('volumes'), at('volumes'), { podName });
  const grace = spec['terminationGracePeriodSeconds'];
  const os = objectOf(spec['os'])['name'];
  const pod: PodContext = {
    volumes: volumes.volumes,
    claims: new Set(list('resourceClaims').map(claim => textOf(claim['name']))),
    restartPolicy: textOf(spec['restartPolicy']),
    grace: typeof grace === 'number' ? grace : undefined,
    os: typeof os === 'string' ? os : undefined,
    hostUsers: spec['hostUsers'] !== false,
  };
  const [regular, init] = [list('containers'), list('initContainers')];
  return [
    ...volumes.errors,
    ...validateContainers(regular, at('containers'), pod),
    ...validateInitContainers(init, regular, at('initContainers'), pod),
    ...validateEphemeralContainers(
      list('ephemeralContainers'),
      [...regular, ...init],
      at('ephemeralContainers'),
      pod,
    ),
    ...validatePodResources(spec, at('resources'), pod.claims),
    ...validateHostNetwork(spec, field, podName !== undefined),
    ...requiredChoice(spec['restartPolicy'], at('restartPolicy'), RESTART_POLICIES),
    ...validateDnsPolicy(spec['dnsPolicy'], at('dnsPolicy')),
    ...validateLabels(spec['nodeSelector'], at('nodeSelector')),
    ...validatePodSecurity(spec, at('securityContext')),
    ...validateAffinity(objectOf(spec['affinity']), at('affinity')),
    ...validateDnsConfig(spec, at('dnsConfig')),
    ...validateReadinessGates(list('readinessGates'), at('readinessGates')),
    ...validateGates(list('schedulingGates'), at('schedulingGates')),
    ...validateSpread(list('topologySpreadConstraints'), at('topologySpreadConstraints')),
    ...validateHostUsers(spec, field),
    ...validateHostName(spec, at('hostnameOverride')),
    ...validateNames(spec, at),
    ...validateOs(spec, field),
  ];
}

/** Checks the names in a spec, and what stands between them in the server's order. */
function validateNames(spec: JsonObject, at: (key: string) => string): FieldError[] {
  const named = (key: string, rule: (value: string, field: string) => FieldError[]): FieldError[] => {
    const value = textOf(spec[key]);
    return value === '' ? [] : rule(value, at(key));
  };
  const deadline = spec['activeDeadlineSeconds'];
  return [
    ...named('serviceAccountName', subdomainText),
    ...named('nodeName', subdomainText),
    ...(isSet(deadline) ? inRange(deadline, at('activeDeadlineSeconds'), 1, MAX_DEADLINE) : []),
    ...named('hostname', labelText),
    ...named('subdomain', labelText),
    ...validateTolerations(objectsOf(spec['tolerations']), at('tolerations')),
    ...validateHostAliases(objectsOf(spec['hostAliases']), at('hostAliases')),
    ...named('priorityClassName', subdomainText),
    ...(isSet(spec['runtimeClassName'])
      ? subdomainText(textOf(spec['runtimeClassName']), at('runtimeClassName'))
      : []),
    ...(isSet(spec['preemptionPolicy'])
      ? requiredChoice(spec['preemptionPolicy'], at('preemptionPolicy'), ['PreemptLowerPriority', 'Never'])
      : []),
  ];
}

/** Checks what only a pod itself has (validatePodMetadataAndSpec, ValidatePodCreate). */
export function validateOnlyPod(spec: JsonObject, isNew: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (textOf(spec['serviceAccountName']) === '') errors.push(...tokensOfNobody(spec));
  for (const list of ['containers', 'initContainers']) {
    for (const [index, container] of objectsOf(spec[list]).entries()) {
      const image = textOf(container['image']);
      if (image.trim() === image) continue;
      const text = 'must not have leading or trailing whitespace';
      errors.push(invalidValue(`spec.${list}[${index}].image`, image, text));
    }
  }
  if (!isNew) return errors;
  if (objectsOf(spec['ephemeralContainers']).length > 0)
    errors.push(forbiddenValue('spec.ephemeralContainers', 'cannot be set on create'));
  if (textOf(spec['nodeName']) !== '' && objectsOf(spec['schedulingGates']).length > 0)
    errors.push(forbiddenValue('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  return errors;
}

function tokensOfNobody(spec: JsonObject): FieldError[] {
  return objectsOf(spec['volumes']).flatMap((volume, index) =>
    objectsOf(objectOf(volume['projected'])['sources']).flatMap((source, at) => {
      if (!isObject(source['serviceAccountToken'])) return [];
      const path = `spec.volumes[${index}].projected.sources[${at}].serviceAccountToken`;
      return [forbiddenValue(path, 'must not be specified when serviceAccountName is not set')];
    }),
  );
}
