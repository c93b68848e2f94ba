/** The rules of StatefulSets (pkg/apis/apps/validation/validation.go: ValidateStatefulSet @v1.34). */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../field-errors.ts';
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
import { selectorFromObject } from '../selectors/label-selector.ts';
import { validateClaimSpec } from './claim.ts';
import { amountOf, atMostAll, intOrPercent, nonNegative } from './counts.ts';
import { validateSelector } from './metadata.ts';
import { problemsOfLabel } from './names.ts';
import { shownSelector } from './shown.ts';
import { matchesTemplate, NOTHING, validateEndless, validateTemplate } from './template.ts';

/** The fields of a spec that an update may change. */
const MUTABLE = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
];
const ONLY_THOSE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const RETENTION = ['Retain', 'Delete'];
const MANAGEMENT = ['OrderedReady', 'Parallel'];

/** Finds what is wrong with a StatefulSet. */
export function validateStatefulSet(set: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(set['spec']);
  const errors = validateSpec(spec, old !== undefined);
  if (old && !equal(fixedPartOf(spec), fixedPartOf(objectOf(old['spec']))))
    errors.push(forbiddenValue('spec', ONLY_THOSE));
  return errors;
}

function fixedPartOf(spec: JsonObject): JsonObject {
  const part = { ...spec };
  for (const field of MUTABLE) delete part[field];
  return part;
}

function validateSpec(spec: JsonObject, isUpdate: boolean): FieldError[] {
  const { podManagementPolicy: management, serviceName } = spec;
  const errors: FieldError[] = [];
  if (!MANAGEMENT.includes(String(management)))
    errors.push(invalidValue('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'"));
  errors.push(...validateStrategy(objectOf(spec['updateStrategy'])));
  errors.push(...validateRetention(objectOf(spec['persistentVolumeClaimRetentionPolicy'])));
  if (!isUpdate) {
    for (const [index, claim] of objectsOf(spec['volumeClaimTemplates']).entries())
      errors.push(...validateClaimSpec(objectOf(claim['spec']), `spec.volumeClaimTemplates[${index}].spec`));
  }
  for (const field of ['replicas', 'minReadySeconds'])
    errors.push(...nonNegative(spec[field], `spec.${field}`));
  errors.push(...nonNegative(objectOf(spec['ordinals'])['start'], 'spec.ordinals.start'));
  const name = stringOf(serviceName) ?? '';
  if (!isUpdate && name !== '')
    errors.push(...problemsOfLabel(name).map(problem => invalidValue('spec.serviceName', name, problem)));
  errors.push(...validateSelection(spec));
  errors.push(...validateEndless(spec['template'], 'spec.template', 'StatefulSet'));
  return errors;
}

function validateSelection(spec: JsonObject): FieldError[] {
  const { selector } = spec;
  const errors: FieldError[] = [];
  if (!isObject(selector)) errors.push(required('spec.selector'));
  else {
    errors.push(...validateSelector(selector, 'spec.selector'));
    if (selectorFromObject(selector)?.length === 0) {
      const text = 'empty selector is invalid for statefulset';
      errors.push(invalidValue('spec.selector', selector, text, shownSelector(selector)));
    }
  }
  const template = podsWithClaims(spec);
  return [
    ...errors,
    ...matchesTemplate(isObject(selector) ? selector : NOTHING, template, 'spec.template'),
    ...validateTemplate(template, 'spec.template'),
  ];
}

/**
 * Returns the template as pods get it: with a volume for each claim, which takes the place of one of its
 * name.
 */
function podsWithClaims(spec: JsonObject): JsonObject {
  const template = copy(objectOf(spec['template']));
  const pods = objectOf(template['spec']);
  const claims = objectsOf(spec['volumeClaimTemplates']).map(claim => objectOf(claim['metadata'])['name']);
  if (claims.length > 0) {
    pods['volumes'] = [
      ...claims.map(name => ({ name, persistentVolumeClaim: { claimName: name } })),
      ...objectsOf(pods['volumes']).filter(({ name }) => !claims.includes(name)),
    ];
  }
  // The controller overwrites them.
  delete pods['hostname'];
  delete pods['subdomain'];
  return template;
}

function validateStrategy({ type, rollingUpdate }: JsonObject): FieldError[] {
  const field = 'spec.updateStrategy';
  const limits = isObject(rollingUpdate)
    ? { Partition: rollingUpdate['partition'] ?? 0, MaxUnavailable: rollingUpdate['maxUnavailable'] ?? null }
    : null;
  if (type === 'OnDelete') {
    if (limits === null) return [];
    const text = "only allowed for updateStrategy 'RollingUpdate'";
    return [invalidValue(`${field}.rollingUpdate`, limits, text)];
  }
  if (type !== 'RollingUpdate') {
    const shown = { Type: type, RollingUpdate: limits };
    return [invalidValue(field, shown, "must be 'RollingUpdate' or 'OnDelete'")];
  }
  return isObject(rollingUpdate) ? validateLimits(rollingUpdate, `${field}.rollingUpdate`) : [];
}

function validateLimits({ partition, maxUnavailable }: JsonObject, path: string): FieldError[] {
  const errors = nonNegative(partition, `${path}.partition`);
  if (maxUnavailable === undefined) return errors;
  const field = `${path}.maxUnavailable`;
  errors.push(...intOrPercent(maxUnavailable, field));
  if (amountOf(maxUnavailable) === 0) errors.push(invalidValue(field, maxUnavailable, 'cannot be 0'));
  errors.push(...atMostAll(maxUnavailable, field));
  return errors;
}

function validateRetention(policy: JsonObject): FieldError[] {
  return ['whenDeleted', 'whenScaled'].flatMap(when => {
    const value = String(policy[when] ?? '');
    if (RETENTION.includes(value)) return [];
    return [notSupported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, value, RETENTION)];
  });
}
