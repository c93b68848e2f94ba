/** Reads a webhook's answer, and words the failure of an invalid one. */
import { isObject, type JsonObject, objectOf } from '../registry/json.ts';

/** The webhook was not reached, or did not answer as one: what stands behind `failed to call webhook: `. */
export class WebhookFailure extends Error {
  override readonly name = 'WebhookFailure';
}

/** What came back: the status code and the body. */
export interface HttpAnswer {
  readonly code: number;
  readonly text: string;
}

/** @throws WebhookFailure for an answer that is not 2xx (client-go rest/request.go, transformResponse) */
function refuseFailure({ code, text }: HttpAnswer): void {
  if (code === 404) throw new WebhookFailure('the server could not find the requested resource');
  if (code >= 200 && code <= 299) return;
  throw new WebhookFailure(
    `an error on the server (${JSON.stringify(text.trim())}) has prevented the request from succeeding`,
  );
}

/** Reads the answer of an admission webhook: its `response`. @throws WebhookFailure */
export function readAnswer(answer: HttpAnswer): JsonObject {
  refuseFailure(answer);
  let review: unknown;
  try {
    review = JSON.parse(answer.text);
  } catch {
    throw new WebhookFailure('received invalid webhook response: it is not JSON');
  }
  const response = objectOf(review)['response'];
  if (!isObject(response)) throw new WebhookFailure('webhook response was absent');
  return response;
}

/** Reads the answer of a conversion webhook: a review. @throws WebhookFailure */
export function readReview(answer: HttpAnswer): JsonObject {
  refuseFailure(answer);
  let review: unknown = '';
  try {
    review = JSON.parse(answer.text);
  } catch {
    // What is no JSON is a text for the server, which reads YAML.
  }
  if (isObject(review)) return review;
  const type =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  const found = Array.isArray(review) ? 'array' : typeof review;
  const problem = `json: cannot unmarshal ${found} into Go value of type ${type}`;
  throw new WebhookFailure(`couldn't get version/kind; json parse error: ${problem}`);
}
