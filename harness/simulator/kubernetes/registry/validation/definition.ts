/**
 * The rules of CustomResourceDefinitions (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34).
 */
import { isConditionTrue } from '../definitions.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, type KubernetesObject, listOf, objectOf, stringOf } from '../json.ts';
import { validateApproval } from './definition-approval.ts';
import { speaksAny, validateConversion } from './definition-conversion.ts';
import { validateKindNames } from './definition-names.ts';
import { validateSchema } from './definition-schema.ts';
import { type InternalSpec, internalSpec, shownVersions } from './definition-shape.ts';
import { validateStoredVersions } from './definition-stored-versions.ts';
import {
  validateColumn,
  validateDeprecation,
  validateSelectableFields,
  validateSubresources,
} from './definition-version-parts.ts';
import { unchanged } from './metadata.ts';
import { problemsOfLabel1035, problemsOfSubdomain } from './names.ts';

/**
 * Finds what is wrong with a definition, but for the rules in CEL.
 * @param old - the stored state on update
 */
export function validateDefinition(
  definition: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const spec = objectOf(definition['spec']);
  const internal = internalSpec(spec);
  return [
    ...(old ? [] : problemsOfName(definition)),
    ...problemsOfGroup(stringOf(spec['group']) ?? ''),
    ...problemsOfScope(stringOf(spec['scope']) ?? ''),
    ...problemsOfVersions(internal),
    ...validateKindNames(objectOf(spec['names'])),
    ...problemsOfShared(internal),
    ...problemsOfConversion(spec, old),
    ...(old ? changesOf(definition, old) : []),
    ...validateStoredVersions(internal.versions, old),
    ...validateApproval(definition, old),
    ...problemsOfPreservation(spec, old),
  ];
}

/** Lists the schemas of a definition with the paths by which errors name them. */
export function schemasOf(definition: KubernetesObject): readonly (readonly [JsonObject, string])[] {
  const spec = internalSpec(objectOf(definition['spec']));
  const places = [
    [spec.schema, 'spec.validation'] as const,
    ...spec.versions.map(({ schema }, index) => [schema, `spec.versions[${index}].schema`] as const),
  ];
  return places.flatMap(([validation, at]) => {
    const schema = validation?.['openAPIV3Schema'];
    return isObject(schema) ? [[schema, `${at}.openAPIV3Schema`] as const] : [];
  });
}

function problemsOfName({ metadata, ...definition }: KubernetesObject): FieldError[] {
  const spec = objectOf(definition['spec']);
  const name = `${stringOf(objectOf(spec['names'])['plural']) ?? ''}.${stringOf(spec['group']) ?? ''}`;
  const found = metadata.name ?? '';
  const problems = problemsOfSubdomain(found);
  if (found !== name) problems.push('must be spec.names.plural+"."+spec.group');
  return problems.map(text => invalidValue('metadata.name', found, text));
}

function problemsOfGroup(group: string): FieldError[] {
  if (group === '') return [required('spec.group')];
  const problems = problemsOfSubdomain(group);
  if (problems.length > 0) return [invalidValue('spec.group', group, problems.join(','))];
  if (group.includes('.')) return [];
  return [invalidValue('spec.group', group, 'should be a domain with at least one dot')];
}

function problemsOfScope(scope: string): FieldError[] {
  const choices = ['Cluster', 'Namespaced'];
  if (scope === '') return [required('spec.scope')];
  return choices.includes(scope) ? [] : [notSupported('spec.scope', scope, choices)];
}

/** Checks the versions one by one, then together. */
function problemsOfVersions(spec: InternalSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { versions } = spec;
  if (!isObject(spec.schema?.['openAPIV3Schema'])) {
    versions.forEach(({ schema }, index) => {
      if (!isObject(schema?.['openAPIV3Schema']))
        errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
    });
  }
  versions.forEach((version, index) => {
    const path = `spec.versions[${index}]`;
    const { name, schema, subresources } = version;
    const problems = problemsOfLabel1035(name);
    if (problems.length > 0) errors.push(invalidValue(`${path}.name`, name, problems.join(',')));
    errors.push(...validateDeprecation(version.deprecated, version.deprecationWarning, path));
    const hasStatus = isObject((subresources ?? spec.subresources)?.['status']);
    errors.push(...validateSchema(schema, `${path}.schema`, hasStatus));
    errors.push(...validateSubresources(subresources, `${path}.subresources`));
    version.columns.forEach((column, at) => {
      errors.push(...validateColumn(column, `${path}.additionalPrinterColumns[${at}]`));
    });
    errors.push(...validateSelectableFields(version, schema, path));
  });
  const names = versions.map(({ name }) => name);
  const shown = () => JSON.stringify(spec.isWithout ? null : shownVersions(versions));
  const together = (text: string) => invalidValue('spec.versions', versions, text, shown());
  if (new Set(names).size < names.length) errors.push(together('must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(together('must have exactly one version marked as storage version'));
  const [first] = names;
  const problems = first === undefined || first === '' ? [] : problemsOfLabel1035(first);
  if (problems.length > 0) errors.push(invalidValue('spec.version', first, problems.join(',')));
  return errors;
}

/** Checks what all versions share. */
function problemsOfShared(spec: InternalSpec): FieldError[] {
  const hasStatus = [spec, ...spec.versions].some(({ subresources }) => isObject(subresources?.['status']));
  return [
    ...validateSchema(spec.schema, 'spec.validation', hasStatus),
    ...validateSubresources(spec.subresources, 'spec.subresources'),
    ...spec.columns.flatMap((column, index) =>
      validateColumn(column, `spec.additionalPrinterColumns[${index}]`),
    ),
    ...validateSelectableFields(spec, spec.schema, 'spec'),
  ];
}

function problemsOfConversion(spec: JsonObject, old: KubernetesObject | undefined): FieldError[] {
  const conversion = objectOf(spec['conversion']);
  const errors: FieldError[] = [];
  const strategy = stringOf(conversion['strategy']) ?? '';
  if (strategy !== 'None' && spec['preserveUnknownFields'] === true) {
    const text = 'must be None if spec.preserveUnknownFields is true';
    errors.push(invalidValue('spec.conversion.strategy', strategy, text));
  }
  const before = objectOf(objectOf(objectOf(old?.['spec'])['conversion'])['webhook']);
  const versionsBefore = listOf(before['conversionReviewVersions']);
  return [
    ...errors,
    ...validateConversion(conversion, versionsBefore.length === 0 || speaksAny(versionsBefore)),
  ];
}

/** What may not change: where the objects lie, and what they are. */
function changesOf(definition: KubernetesObject, old: KubernetesObject): FieldError[] {
  const ofServed = isConditionTrue(old, 'Established') ? [['scope'], ['names', 'kind']] : [];
  return [...ofServed, ['group'], ['names', 'plural']].flatMap(path =>
    unchanged(definition, old, ['spec', ...path]),
  );
}

function problemsOfPreservation(spec: JsonObject, old: KubernetesObject | undefined): FieldError[] {
  if (spec['preserveUnknownFields'] !== true) return [];
  if (objectOf(old?.['spec'])['preserveUnknownFields'] === true) return [];
  const text =
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [invalidValue('spec.preserveUnknownFields', true, text)];
}
