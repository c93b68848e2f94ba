/** Annotations of pods that the server reads (core/validation @v1.34, ValidatePodSpecificAnnotations). */
import { type FieldError, forbiddenValue, invalidValue } from '../../field-errors.ts';
import { type JsonObject, objectOf, objectsOf, stringsOf } from '../../json.ts';
import { textOf } from '../entries.ts';
import { descendingPath } from './paths.ts';

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_OF_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const MIRROR = 'kubernetes.io/config.mirror';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** Checks the annotations of a pod or template. */
export function validatePodAnnotations(annotations: unknown, spec: JsonObject, field: string): FieldError[] {
  const found = stringsOf(objectOf(annotations));
  const errors: FieldError[] = [];
  const mirror = found[MIRROR];
  if (mirror !== undefined && textOf(spec['nodeName']) === '') {
    const text = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(invalidValue(`${field}[${MIRROR}]`, mirror, text));
  }
  const cost = found[DELETION_COST];
  if (cost !== undefined && !isCost(cost))
    errors.push(invalidValue(`${field}[${DELETION_COST}]`, cost, 'must be a 32bit integer'));
  const keys = Object.keys(found).sort();
  for (const key of [SECCOMP_OF_POD, ...keys.filter(key => key.startsWith(SECCOMP_OF_CONTAINER))]) {
    const profile = found[key];
    if (profile !== undefined) errors.push(...validateSeccomp(profile, `${field}.${key}`));
  }
  const names = ['initContainers', 'containers', 'ephemeralContainers'].flatMap(list =>
    objectsOf(spec[list]).map(container => textOf(container['name'])),
  );
  for (const key of keys.filter(key => key.startsWith(APP_ARMOR))) {
    const [profile = '', name] = [found[key], key.slice(APP_ARMOR.length)];
    const at = `${field}[${key}]`;
    if (!names.includes(name)) errors.push(invalidValue(at, name, 'container not found'));
    if (!/^($|runtime\/default$|unconfined$|localhost\/)/.test(profile))
      errors.push(invalidValue(at, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`));
  }
  return errors;
}

/** No plus sign, no leading zeros (pkg/apis/core/helper/helpers.go, GetDeletionCostFromPodAnnotations). */
function isCost(text: string): boolean {
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return false;
  return Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;
}

function validateSeccomp(profile: string, field: string): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return [];
  if (profile.startsWith('localhost/')) return descendingPath(profile.slice('localhost/'.length), field);
  return [invalidValue(field, profile, 'must be a valid seccomp profile')];
}

/** Checks that annotations which describe what runs do not change (ValidatePodSpecificAnnotationUpdates). */
export function changesOfAnnotations(after: unknown, before: unknown, field: string): FieldError[] {
  const [now, old] = [stringsOf(objectOf(after)), stringsOf(objectOf(before))];
  const named = (key: string) =>
    key.startsWith(APP_ARMOR) ? 'AppArmor annotations' : key === MIRROR ? 'mirror pod annotation' : undefined;
  return Object.keys({ ...old, ...now }).flatMap(key => {
    const name = named(key);
    if (name === undefined || old[key] === now[key]) return [];
    const verb = old[key] === undefined ? 'add' : 'remove or update';
    return [forbiddenValue(`${field}[${key}]`, `may not ${verb} ${name}`)];
  });
}
