/**
 * Asks one webhook about a request, and turns its refusal or failure into the answer of the API server.
 */
import type { Random } from '../../../base/random.ts';
import type { AdmissionRequest } from '../registry/admission.ts';
import { type JsonObject, listOf, objectOf, stringOf } from '../registry/json.ts';
import { ApiError, badRequest, internalError } from '../registry/status.ts';
import { reviewOf } from './admission-review.ts';
import { WebhookFailure } from './webhook-answer.ts';
import type { WebhookClient } from './webhook-client.ts';

/**
 * Calls a webhook.
 * @param random - gives the review its uid
 * @returns its response; undefined if it failed and its failure is to be ignored
 * @throws ApiError if it refused, or failed and must not
 */
export async function ask(
  { client, random }: { readonly client: WebhookClient; readonly random: Random },
  webhook: JsonObject,
  version: string,
  request: AdmissionRequest,
): Promise<JsonObject | undefined> {
  const name = stringOf(webhook['name']) ?? '';
  const sideEffects = webhook['sideEffects'];
  if (request.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  }
  let response: JsonObject;
  try {
    response = await client.call(webhook, reviewOf(request, version, random.uuid()));
  } catch (error) {
    if (!(error instanceof WebhookFailure)) throw error;
    if (webhook['failurePolicy'] === 'Ignore') return undefined;
    throw internalError(
      `failed calling webhook ${JSON.stringify(name)}: failed to call webhook: ${error.message}`,
    );
  }
  for (const warning of listOf(response['warnings'])) request.warn(String(warning));
  if (response['allowed'] === true) return response;
  throw denial(name, objectOf(response['status']));
}

/** Words a webhook's refusal (apiserver pkg/admission/plugin/webhook/errors/statuserror.go). */
function denial(name: string, status: JsonObject): ApiError {
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`;
  const message = stringOf(status['message']) ?? '';
  const reason = stringOf(status['reason']) ?? '';
  const text =
    message !== ''
      ? `${denied}: ${message}`
      : reason !== ''
        ? `${denied}: ${reason}`
        : `${denied} without explanation`;
  const code = Number(status['code'] ?? 0);
  return new ApiError(Math.max(code, 400), reason === '' ? undefined : reason, text);
}
