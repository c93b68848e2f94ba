/** Configurations of webhooks (pkg/apis/admissionregistration/validation @v1.34). */
import { duplicate, type FieldError, invalidValue, required } from '../field-errors.ts';
import { isObject, type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf } from '../json.ts';
import { invalidFor, isSet, numberOf, textOf, validateChoice } from './entries.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { validateRule } from './match-resources.ts';
import { validateSelector } from './metadata.ts';
import { problemsOfLabel1035, problemsOfSubdomain } from './names.ts';
import { validateWebhookService, validateWebhookUrl } from './webhook-client.ts';

const NO_EFFECTS = ['None', 'NoneOnDryRun'];
const REVIEWS = ['v1', 'v1beta1'];

/** Finds what is wrong with the webhooks of a configuration. */
export function validateWebhooks(configuration: KubernetesObject, old?: KubernetesObject): FieldError[] {
  const before = objectsOf(old?.['webhooks']);
  const names = new Set<string>();
  return objectsOf(configuration['webhooks']).flatMap((webhook, index) => {
    const path = `webhooks[${index}]`;
    const name = textOf(webhook['name']);
    const errors = validateWebhook(webhook, path, before[index]);
    errors.push(
      ...validateReviews(listOf(webhook['admissionReviewVersions']), `${path}.admissionReviewVersions`),
    );
    if (name !== '' && names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    return errors;
  });
}

function validateWebhook(webhook: JsonObject, path: string, old: JsonObject | undefined): FieldError[] {
  const at = (key: string) => `${path}.${key}`;
  const errors = domainName(textOf(webhook['name']), at('name'));
  for (const [index, rule] of objectsOf(webhook['rules']).entries())
    errors.push(...validateRule(rule, `${path}.rules[${index}]`));
  errors.push(...validateChoice(webhook['failurePolicy'], at('failurePolicy'), ['Fail', 'Ignore']));
  errors.push(...validateChoice(webhook['matchPolicy'], at('matchPolicy'), ['Equivalent', 'Exact']));
  const effects = webhook['sideEffects'];
  if (!isSet(effects))
    errors.push(required(at('sideEffects'), `must specify one of ${NO_EFFECTS.join(', ')}`));
  errors.push(...validateChoice(effects, at('sideEffects'), NO_EFFECTS));
  const timeout = webhook['timeoutSeconds'];
  if (isSet(timeout) && (numberOf(timeout) < 1 || numberOf(timeout) > 30)) {
    const text = 'the timeout value must be between 1 and 30 seconds';
    errors.push(invalidValue(at('timeoutSeconds'), timeout, text));
  }
  errors.push(...validateSelector(webhook['namespaceSelector'], at('namespaceSelector')));
  errors.push(...validateSelector(webhook['objectSelector'], at('objectSelector')));
  const reinvocations = ['IfNeeded', 'Never'];
  errors.push(...validateChoice(webhook['reinvocationPolicy'], at('reinvocationPolicy'), reinvocations));
  errors.push(...validateClient(objectOf(webhook['clientConfig']), at('clientConfig')));
  const before = objectsOf(old?.['matchConditions']);
  const conditions = objectsOf(webhook['matchConditions']);
  return [...errors, ...validateMatchConditions(conditions, at('matchConditions'), { before })];
}

/** Checks a name of at least three parts (apimachinery IsFullyQualifiedName). */
function domainName(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  const problems = problemsOfSubdomain(name);
  if (problems.length > 0) return invalidFor(field, name, problems);
  if (name.split('.').length >= 3) return [];
  return [invalidValue(field, name, 'should be a domain with at least three segments separated by dots')];
}

/** Checks that a webhook reads a version of AdmissionReview that there is. */
function validateReviews(versions: readonly unknown[], field: string): FieldError[] {
  if (versions.length === 0) return [required(field, `must specify one of ${REVIEWS.join(', ')}`)];
  const texts = versions.map(String);
  const errors = texts.flatMap((version, index) =>
    texts.indexOf(version) < index
      ? [invalidValue(`${field}[${index}]`, version, 'duplicate version')]
      : invalidFor(`${field}[${index}]`, version, problemsOfLabel1035(version)),
  );
  if (!texts.some(version => REVIEWS.includes(version)))
    errors.push(invalidValue(field, texts, `must include at least one of ${REVIEWS.join(', ')}`));
  return errors;
}

/** Checks that a webhook has one address: a URL, or a Service by name and namespace. */
function validateClient({ service, url }: JsonObject, field: string): FieldError[] {
  if (isObject(service) === isSet(url)) return [required(field, 'exactly one of url or service is required')];
  return isObject(service)
    ? validateWebhookService(service, `${field}.service`)
    : validateWebhookUrl(textOf(url), `${field}.url`);
}
