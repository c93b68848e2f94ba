/**
 * Asks the webhook of a definition to convert an object (apiextensions-apiserver
 * pkg/apiserver/conversion/webhook_converter.go @v1.34).
 */
import type { Random } from '../../../base/random.ts';
import type { Converter } from '../registry/converted.ts';
import type { FieldError } from '../registry/field-errors.ts';
import {
  copy,
  equal,
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  stringOf,
} from '../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../registry/resources.ts';
import { ApiError } from '../registry/status.ts';
import { WebhookFailure } from './webhook-answer.ts';
import type { WebhookClient } from './webhook-client.ts';

const GROUP = 'apiextensions.k8s.io';
const TIMEOUT_SECONDS = 30;
/** What the server speaks. */
const REVIEW_VERSIONS: readonly string[] = ['v1', 'v1beta1'];

/** Looks at the labels and annotations that come back. */
type MetadataCheck = (metadata: JsonObject) => readonly FieldError[];

/** What converts with the help of webhooks. */
interface ConversionOptions {
  readonly client: () => WebhookClient;
  /** Gives each review its uid. */
  readonly random: Random;
  readonly checkMetadata: MetadataCheck;
}

/** What a webhook did wrong, as it stands behind the object's version and kind. */
class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Makes what converts objects; all failures are a 500 with the reason. */
export function webhookConverter(options: ConversionOptions): Converter {
  return async (type, version, object) => {
    try {
      return await convertOne(options, type, version, object);
    } catch (error) {
      const failure = error instanceof WebhookFailure ? `failed: ${error.message}` : undefined;
      const detail = error instanceof Refusal ? error.message : failure;
      if (detail === undefined) throw error;
      const source = `${object.apiVersion ?? ''}, Kind=${type.kind}`;
      throw new ApiError(500, undefined, `conversion webhook for ${source} ${detail}`);
    }
  };
}

async function convertOne(
  { client, random, checkMetadata }: ConversionOptions,
  type: ResourceType,
  version: string,
  object: KubernetesObject,
): Promise<KubernetesObject> {
  const webhook = type.custom?.conversion;
  const reviewVersion = webhook?.reviewVersions.find(known => REVIEW_VERSIONS.includes(known));
  if (!webhook || reviewVersion === undefined)
    throw new ApiError(500, undefined, 'no supported conversion review versions');
  const desired = apiVersionOf(type.group, version);
  const uid = random.uuid();
  const answer = await client().exchange(webhook.clientConfig, TIMEOUT_SECONDS, {
    kind: 'ConversionReview',
    apiVersion: `${GROUP}/${reviewVersion}`,
    request: { uid, desiredAPIVersion: desired, objects: [object] },
    response: { uid: '', convertedObjects: null, result: { metadata: {} } },
  });
  const objects = objectsIn(answer, reviewVersion, uid);
  if (objects.length !== 1) throw new Refusal(`returned ${objects.length} objects, expected 1`);
  const converted = objectOf(objects[0]);
  checkIdentity(object, converted, desired);
  return {
    ...converted,
    kind: type.kind,
    apiVersion: desired,
    metadata: metadataOf(object, converted, checkMetadata),
  };
}

/** Reads the answer, which is a review of the version that was sent. */
function objectsIn(answer: JsonObject, reviewVersion: string, uid: string): readonly unknown[] {
  const [kind, apiVersion] = [stringOf(answer['kind']) ?? '', stringOf(answer['apiVersion']) ?? ''];
  if (kind !== 'ConversionReview') {
    const text = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
    throw new Refusal(`failed: ${text} in scheme "pkg/runtime/scheme.go:110"`);
  }
  const { response } = answer;
  if (!isObject(response)) throw new Refusal('failed: no response provided');
  if (reviewVersion === 'v1' && response['uid'] !== uid) {
    const found = JSON.stringify(stringOf(response['uid']) ?? '');
    throw new Refusal(`failed: expected response.uid=${JSON.stringify(uid)}, got ${found}`);
  }
  const { status = '', message = '' } = objectOf(response['result']);
  if (status !== 'Success') {
    const silent = `response.result.status was '${String(status)}', not 'Success'`;
    throw new Refusal(`failed: ${message === '' ? silent : String(message)}`);
  }
  return listOf(response['convertedObjects']);
}

/** A conversion makes no other object of one. */
function checkIdentity(object: KubernetesObject, converted: JsonObject, desired: string): void {
  const at = 'returned invalid object at index 0:';
  const found = stringOf(converted['apiVersion']) ?? '';
  if (found !== desired)
    throw new Refusal(`${at} invalid groupVersion (expected ${desired}, received ${found})`);
  const kind = stringOf(converted['kind']) ?? '';
  if (kind !== object.kind)
    throw new Refusal(`${at} invalid kind (expected ${object.kind}, received ${kind})`);
  const metadata = objectOf(converted['metadata']);
  for (const [key, name] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const [before, after] = [stringOf(object.metadata[key]) ?? '', stringOf(metadata[key]) ?? ''];
    if (before !== after)
      throw new Refusal(`returned invalid object: must have the same ${name}: ${before} != ${after}`);
  }
}

/** Of the metadata, only labels and annotations may be converted. */
function metadataOf(
  object: KubernetesObject,
  converted: JsonObject,
  check: MetadataCheck,
): KubernetesObject['metadata'] {
  const metadata: JsonObject & KubernetesObject['metadata'] = copy(object.metadata);
  const changed = objectOf(converted['metadata']);
  for (const key of ['labels', 'annotations']) {
    const value = changed[key] ?? undefined;
    if (value === undefined) delete metadata[key];
    else if (!equal(value, metadata[key])) {
      const [problem] = check({ [key]: value });
      if (problem) throw new Refusal(`returned invalid metadata: ${problem.field}: ${problem.message}`);
      metadata[key] = value;
    }
  }
  return metadata;
}
