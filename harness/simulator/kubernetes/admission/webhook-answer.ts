/** Reads a webhook's answer, and words the failure of an invalid one. */
import { isObject, type JsonObject, objectOf } from '../registry/json.ts';

/** The webhook was not reached, or did not answer as one: what stands behind `failed to call webhook: `. */
export class WebhookFailure extends Error {
  override readonly name = 'WebhookFailure';
}

/**
 * Reads the body of an answer. One that is not 2xx is an error of the server (client-go rest/request.go,
 * transformResponse).
 */
export function readAnswer(code: number, text: string): JsonObject {
  if (code === 404) throw new WebhookFailure('the server could not find the requested resource');
  if (code < 200 || code > 299) {
    throw new WebhookFailure(
      `an error on the server (${JSON.stringify(text.trim())}) has prevented the request from succeeding`,
    );
  }
  let review: unknown;
  try {
    review = JSON.parse(text);
  } catch {
    throw new WebhookFailure('received invalid webhook response: it is not JSON');
  }
  const response = objectOf(review)['response'];
  if (!isObject(response)) throw new WebhookFailure('webhook response was absent');
  return response;
}
