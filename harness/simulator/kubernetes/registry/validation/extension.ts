/**
 * The rules of the API's extensions by webhooks
 * (pkg/apis/admissionregistration/validation @v1.32).
 */
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
import { validateMatchConditions } from './match-conditions.ts';
import { validateRule } from './match-resources.ts';
import { validateSelector } from './metadata.ts';
import { problemsOfSubdomain } from './names.ts';
import { validateWebhookService, validateWebhookUrl } from './webhook-client.ts';

/** Finds what is wrong with the webhooks of a configuration. */
export function validateWebhooks(configuration: KubernetesObject, old?: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, webhook] of objectsOf(configuration['webhooks']).entries()) {
    const path = `webhooks[${index}]`;
    errors.push(...validateWebhookName(stringOf(webhook['name']) ?? '', `${path}.name`, names));
    errors.push(...validateReviewVersions(webhook, `${path}.admissionReviewVersions`));
    for (const [place, rule] of objectsOf(webhook['rules']).entries())
      errors.push(...validateRule(rule, `${path}.rules[${place}]`));
    errors.push(...validateCallRules(webhook, path));
    errors.push(...validateClientConfig(objectOf(webhook['clientConfig']), `${path}.clientConfig`));
    errors.push(...validateSelector(webhook['namespaceSelector'], `${path}.namespaceSelector`));
    errors.push(...validateSelector(webhook['objectSelector'], `${path}.objectSelector`));
    const before = objectsOf(objectsOf(old?.['webhooks'])[index]?.['matchConditions']);
    errors.push(
      ...validateMatchConditions(objectsOf(webhook['matchConditions']), `${path}.matchConditions`, {
        before,
      }),
    );
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
  const match = String(webhook['matchPolicy'] ?? 'Equivalent');
  if (!['Equivalent', 'Exact'].includes(match))
    errors.push(notSupported(`${path}.matchPolicy`, match, ['Equivalent', 'Exact']));
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
  if (isObject(service) === (url !== undefined)) {
    return [required(field, 'exactly one of url or service is required')];
  }
  return isObject(service)
    ? validateWebhookService(service, `${field}.service`)
    : validateWebhookUrl(String(url), `${field}.url`);
}
