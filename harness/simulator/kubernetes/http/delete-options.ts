/**
 * The options of a DELETE: the body's, or those of the query if there is no body
 * (apiserver pkg/endpoints/handlers/delete.go, apimachinery pkg/apis/meta/v1/validation @v0.34).
 */
import type { DeleteOptions } from '../registry/deletion.ts';
import { type FieldError, invalid, invalidValue, notSupported } from '../registry/field-errors.ts';
import { type JsonObject, listOf, objectOf, stringOf } from '../registry/json.ts';
import { keepBuiltIn } from '../registry/schema/built-in.ts';
import { ApiError, badRequest } from '../registry/status.ts';
import { decodeObject, mediaTypeOf, readBody } from './body.ts';
import type { Call } from './call.ts';
import { dryRunProblems } from './option-problems.ts';
import type { ResourceRequest } from './request-info.ts';

const KIND = 'DeleteOptions';
const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil'];

/** The options, and whether nothing is to be stored. */
interface Read {
  readonly options: DeleteOptions;
  readonly dryRun: boolean;
}

/**
 * Reads the options of a request. @throws ApiError 400, 422; 500 for a body that is none, as on the server
 */
export async function readDeleteOptions({ info, request }: Call<ResourceRequest>): Promise<Read> {
  const body = await readBody(request);
  const sent = body.length > 0 ? decode(body, mediaTypeOf(request)) : fromQuery(info.query);
  const { orphanDependents: orphan, propagationPolicy, gracePeriodSeconds } = sent;
  const policy = stringOf(propagationPolicy);
  const dryRun = listOf(sent['dryRun']).map(String);
  const errors = [...policyProblems(policy, orphan), ...dryRunProblems(dryRun)];
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: KIND }, '', errors);
  const preconditions = objectOf(sent['preconditions']);
  const uid = stringOf(preconditions['uid']);
  const resourceVersion = stringOf(preconditions['resourceVersion']);
  return {
    dryRun: dryRun.length > 0,
    options: {
      // A grace below 0 is one of a second (pkg/registry/rest/delete.go, BeforeDelete).
      ...(typeof gracePeriodSeconds === 'number' && {
        gracePeriodSeconds: gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds,
      }),
      ...(isPolicy(policy)
        ? { propagationPolicy: policy }
        : typeof orphan === 'boolean' && { propagationPolicy: orphan ? 'Orphan' : 'Background' }),
      preconditions: {
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
    },
  };
}

const isPolicy = (value: unknown): value is NonNullable<DeleteOptions['propagationPolicy']> =>
  value !== 'nil' && POLICIES.includes(String(value));

function policyProblems(policy: string | undefined, orphan: unknown): FieldError[] {
  if (policy === undefined) return [];
  if (typeof orphan === 'boolean') {
    const text = 'orphanDependents and deletionPropagation cannot be both set';
    return [invalidValue('propagationPolicy', policy, text)];
  }
  return isPolicy(policy) ? [] : [notSupported('propagationPolicy', policy, POLICIES)];
}

/** Decodes a body. What is wrong with it is an error of the server's own, without more words. */
function decode(body: Buffer, mediaType: string): JsonObject {
  try {
    const sent = decodeObject(body, mediaType, KIND);
    const kind = stringOf(sent['kind']) || KIND;
    const version = stringOf(sent['apiVersion']) || 'v1';
    if (kind !== KIND) {
      const text = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(version)}`;
      throw badRequest(`${text} in scheme "pkg/runtime/scheme.go:110"`);
    }
    keepBuiltIn('meta.k8s.io/v1', KIND, sent);
    return sent;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 400) throw error;
    throw new ApiError(500, undefined, plainly(error.message));
  }
}

/** Takes from a sentence what names the kind, and the beginning of the body. */
const plainly = (text: string): string =>
  text
    .replace(/^.*? cannot be handled as a \w+: /, '')
    .replace(/^the object provided is unrecognized \(must be of type \w+\): (.*) \([^()]*\)$/s, '$1');

/** Reads the query, as the body would have it. @throws ApiError 400 for a grace that is no number */
function fromQuery(query: URLSearchParams): JsonObject {
  const [grace, policy, orphan] = ['gracePeriodSeconds', 'propagationPolicy', 'orphanDependents'].map(key =>
    query.get(key),
  );
  if (grace && !/^[+-]?\d+$/.test(grace))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  return {
    ...(grace && { gracePeriodSeconds: Number(grace) }),
    ...(typeof policy === 'string' && { propagationPolicy: policy }),
    // Go's queries are true unless they say that they are not (apimachinery pkg/runtime/converter.go).
    ...(typeof orphan === 'string' && { orphanDependents: !['false', '0'].includes(orphan) }),
    dryRun: query.getAll('dryRun'),
  };
}
