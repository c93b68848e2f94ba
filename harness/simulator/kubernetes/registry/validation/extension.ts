/**
 * The rules of the API's extensions: webhooks and custom resource definitions
 * (pkg/apis/admissionregistration/validation, apiextensions-apiserver @v1.32).
 */
import { isConditionTrue } from '../definitions.ts';
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
} from '../json.ts';
import { unchanged, validateSelector } from './metadata.ts';
import { problemsOfLabel1035, problemsOfSubdomain } from './names.ts';

/** Finds what is wrong with the webhooks of a configuration. */
export function validateWebhooks(configuration: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, webhook] of objectsOf(configuration['webhooks']).entries()) {
    const path = `webhooks[${index}]`;
    errors.push(...validateWebhookName(stringOf(webhook['name']) ?? '', `${path}.name`, names));
    errors.push(...validateReviewVersions(webhook, `${path}.admissionReviewVersions`));
    errors.push(...validateCallRules(webhook, path));
    errors.push(...validateClientConfig(objectOf(webhook['clientConfig']), `${path}.clientConfig`));
    errors.push(...validateSelector(webhook['namespaceSelector'], `${path}.namespaceSelector`));
    errors.push(...validateSelector(webhook['objectSelector'], `${path}.objectSelector`));
  }
  return errors;
}

/** Checks that a webhook's name is a domain, and adds it to those that are `taken`. */
function validateWebhookName(name: string, field: string, taken: Set<string>): FieldError[] {
  const isTaken = taken.has(name);
  taken.add(name);
  if (name === '') return [required(field)];
  if (isTaken) return [duplicate(field, name)];
  if (name.split('.').length < 3) {
    return [invalidValue(field, name, 'should be a domain with at least three segments separated by dots')];
  }
  return problemsOfSubdomain(name).map(problem => invalidValue(field, name, problem));
}

/** Checks that a webhook reads a version of AdmissionReview that there is. */
function validateReviewVersions(webhook: JsonObject, field: string): FieldError[] {
  const versions = listOf(webhook['admissionReviewVersions']);
  if (versions.length === 0) return [required(field, 'must specify one of v1, v1beta1')];
  if (versions.includes('v1') || versions.includes('v1beta1')) return [];
  return [invalidValue(field, versions, 'must include at least one of v1, v1beta1')];
}

/** Checks how a webhook may be called: side effects, failure policy, timeout. */
function validateCallRules(webhook: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
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
  return errors;
}

/** Checks that a webhook has one address: a URL, or a Service by name and namespace. */
function validateClientConfig({ service, url }: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (isObject(service) === (url !== undefined)) {
    errors.push(required(field, 'exactly one of url or service is required'));
  }
  if (!isObject(service)) return errors;
  if (!stringOf(service['name'])) errors.push(required(`${field}.service.name`, 'service name is required'));
  if (!stringOf(service['namespace'])) {
    errors.push(required(`${field}.service.namespace`, 'service namespace is required'));
  }
  return errors;
}

/** Finds what is wrong with a CustomResourceDefinition; its CEL rules are checked elsewhere. */
export function validateDefinition(
  definition: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  const spec = objectOf(definition['spec']);
  const names = objectOf(spec['names']);
  const group = stringOf(spec['group']) ?? '';
  const plural = stringOf(names['plural']) ?? '';
  if (definition.metadata.name !== `${plural}.${group}`) {
    errors.push(
      invalidValue('metadata.name', definition.metadata.name, 'must be spec.names.plural+"."+spec.group'),
    );
  }
  if (group === '') errors.push(required('spec.group'));
  else if (group.split('.').length < 2)
    errors.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  if (!['Cluster', 'Namespaced'].includes(String(spec['scope']))) {
    errors.push(notSupported('spec.scope', String(spec['scope'] ?? ''), ['Cluster', 'Namespaced']));
  }
  errors.push(...validateVersions(objectsOf(spec['versions'])));
  errors.push(...validateKindNames(names));
  return old ? [...errors, ...changesOfDefinition(definition, old)] : errors;
}

/** Checks that one version is stored, and each version's name and schema. */
function validateVersions(versions: readonly JsonObject[]): FieldError[] {
  const errors: FieldError[] = [];
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
  return errors;
}

/** Checks that the new kind has a name, in the singular and the plural. */
function validateKindNames({ plural, kind }: JsonObject): FieldError[] {
  return [
    ...(stringOf(plural) ? [] : [required('spec.names.plural')]),
    ...(stringOf(kind) ? [] : [required('spec.names.kind')]),
  ];
}

/**
 * Checks the update of a definition (apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
 * @v1.32, validateCustomResourceDefinitionUpdate).
 */
function changesOfDefinition(definition: KubernetesObject, old: KubernetesObject): FieldError[] {
  const spec = objectOf(definition['spec']);
  // Both say where the objects lie, and what they are.
  const ofServed = isConditionTrue(old, 'Established') ? [['scope'], ['names', 'kind']] : [];
  const errors = [...ofServed, ['group'], ['names', 'plural']].flatMap(path =>
    unchanged(definition, old, ['spec', ...path]),
  );
  const versions = objectsOf(spec['versions']);
  const names = versions.map(version => version['name']);
  // A version that begins to be the stored one is one in the same write
  // (pkg/registry/customresourcedefinition/strategy.go).
  const before = listOf(objectOf(old['status'])['storedVersions']);
  const stored = new Set([
    ...before,
    ...versions.filter(({ storage }) => storage === true).map(({ name }) => name),
  ]);
  for (const [index, version] of [...stored].entries()) {
    if (names.includes(version)) continue;
    errors.push(invalidValue(`status.storedVersions[${index}]`, version, 'must appear in spec.versions'));
  }
  return errors;
}
