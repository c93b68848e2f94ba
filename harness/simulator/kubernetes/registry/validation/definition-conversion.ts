/**
 * How a definition's objects are converted between its versions (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34, validateCustomResourceConversion).
 */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, stringOf } from '../json.ts';
import { problemsOfLabel1035 } from './names.ts';
import { validateWebhookService, validateWebhookUrl } from './webhook-client.ts';

const PATH = 'spec.conversion';
const CLIENT = `${PATH}.webhookClientConfig`;
const VERSIONS = `${PATH}.conversionReviewVersions`;

/** The versions of ConversionReview that the server speaks. */
const REVIEW_VERSIONS: readonly string[] = ['v1', 'v1beta1'];

/**
 * Finds what is wrong with a conversion.
 * @param needsKnownVersion - false: the one before had no version that the server speaks either
 */
export function validateConversion(conversion: JsonObject, needsKnownVersion: boolean): FieldError[] {
  const strategy = stringOf(conversion['strategy']) ?? '';
  const webhook = objectOf(conversion['webhook']);
  const versions = listOf(webhook['conversionReviewVersions']);
  const { clientConfig } = webhook;
  const errors = problemsOfStrategy(strategy);
  if (strategy === 'Webhook') {
    errors.push(...problemsOfClient(clientConfig));
    errors.push(...problemsOfVersions(versions, needsKnownVersion));
    return errors;
  }
  const text = 'should not be set when strategy is not set to Webhook';
  if (isObject(clientConfig)) errors.push(forbiddenValue(CLIENT, text));
  if (versions.length > 0) errors.push(forbiddenValue(VERSIONS, text));
  return errors;
}

function problemsOfStrategy(strategy: string): FieldError[] {
  const choices = ['None', 'Webhook'];
  if (strategy === '') return [required(`${PATH}.strategy`)];
  return choices.includes(strategy) ? [] : [notSupported(`${PATH}.strategy`, strategy, choices)];
}

function problemsOfClient(client: unknown): FieldError[] {
  if (!isObject(client)) return [required(CLIENT, 'required when strategy is set to Webhook')];
  const url = stringOf(client['url']);
  const { service } = client;
  if ((url === undefined) === !isObject(service))
    return [required(CLIENT, 'exactly one of url or service is required')];
  if (url !== undefined) return validateWebhookUrl(url, `${CLIENT}.url`);
  return validateWebhookService(objectOf(service), `${CLIENT}.service`);
}

/** Tells whether the server speaks one of the versions. */
export const speaksAny = (versions: readonly unknown[]): boolean =>
  versions.some(version => REVIEW_VERSIONS.includes(String(version)));

function problemsOfVersions(versions: readonly unknown[], needsKnown: boolean): FieldError[] {
  if (versions.length === 0) return [required(VERSIONS)];
  const errors: FieldError[] = [];
  versions.map(String).forEach((version, index) => {
    const field = `${VERSIONS}[${index}]`;
    if (versions.indexOf(version) < index) errors.push(invalidValue(field, version, 'duplicate version'));
    else errors.push(...problemsOfLabel1035(version).map(text => invalidValue(field, version, text)));
  });
  if (needsKnown && !speaksAny(versions))
    errors.push(
      invalidValue(VERSIONS, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`),
    );
  return errors;
}
