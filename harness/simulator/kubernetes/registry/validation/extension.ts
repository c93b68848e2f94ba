/**
 * The rules of the API's extensions: webhooks and custom resource definitions
 * (pkg/apis/admissionregistration/validation, apiextensions-apiserver @v1.32).
 */
import { isConditionTrue } from '../definitions.ts';
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type KubernetesObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import { unchanged, validateSelector } from './metadata.ts';
import { problemsOfLabel1035, problemsOfSubdomain } from './names.ts';

/** Finds what is wrong with the webhooks of a configuration. */
export function validateWebhooks(configuration: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, webhook] of objectsOf(configuration['webhooks']).entries()) {
    const path = `webhooks[${index}]`;
    const name = stringOf(webhook['name']) ?? '';
    if (name === '') errors.push(required(`${path}.name`));
    else if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    else if (name.split('.').length < 3) {
      errors.push(
        invalidValue(
          `${path}.name`,
          name,
          'should be a domain with at least three segments separated by dots',
        ),
      );
    } else
      for (const problem of problemsOfSubdomain(name))
        errors.push(invalidValue(`${path}.name`, name, problem));
    names.add(name);
    const versions = listOf(webhook['admissionReviewVersions']);
    if (versions.length === 0) {
      errors.push(required(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1'));
    } else if (!versions.includes('v1') && !versions.includes('v1beta1')) {
      errors.push(
        invalidValue(`${path}.admissionReviewVersions`, versions, 'must include at least one of v1, v1beta1'),
      );
    }
    const effects = String(webhook['sideEffects'] ?? '');
    if (effects === '')
      errors.push(required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
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
    const config = objectOf(webhook['clientConfig']);
    if (isObject(config['service']) === (config['url'] !== undefined)) {
      errors.push(required(`${path}.clientConfig`, 'exactly one of url or service is required'));
    }
    const service = config['service'];
    if (isObject(service)) {
      if (!stringOf(service['name']))
        errors.push(required(`${path}.clientConfig.service.name`, 'service name is required'));
      if (!stringOf(service['namespace'])) {
        errors.push(required(`${path}.clientConfig.service.namespace`, 'service namespace is required'));
      }
    }
    errors.push(...validateSelector(webhook['namespaceSelector'], `${path}.namespaceSelector`));
    errors.push(...validateSelector(webhook['objectSelector'], `${path}.objectSelector`));
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
  const versions = objectsOf(spec['versions']);
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
  if (plural === '') errors.push(required('spec.names.plural'));
  if (!stringOf(names['kind'])) errors.push(required('spec.names.kind'));
  return old ? [...errors, ...changesOfDefinition(definition, old)] : errors;
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
