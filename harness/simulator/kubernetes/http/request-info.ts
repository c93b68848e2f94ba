/**
 * The subject of a request, from its method and URL
 * (staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go @v1.34).
 */
import type { Attributes } from '../auth/rbac-rules.ts';
import { PlainError } from './plain-error.ts';

interface Common {
  /** The HTTP method. */
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A request for objects; the empty text stands for a part that the path lacks. */
export interface ResourceRequest extends Common {
  readonly kind: 'resource';
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly subresource: string;
  /** The path behind a subresource: behind `proxy/`. */
  readonly rest: string;
  readonly namespace: string;
  readonly name: string;
  /** How many parts the path has from the resource on: 2 for an object, even if its name is empty. */
  readonly depth: number;
  /** The path names a namespace, though perhaps an empty one. */
  readonly isInNamespace: boolean;
}

/** A request for a path that is no resource: `/healthz`, `/apis`. */
export interface PathRequest extends Common {
  readonly kind: 'path';
}

/** A request by its method and URL. */
export type RequestInfo = ResourceRequest | PathRequest;

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Subresources of a Namespace; any other word after its name is a resource in it. */
const NAMESPACE_SUBRESOURCES: readonly string[] = ['status', 'finalize'];

/**
 * Reads a boolean of a query: whatever is there and does not say no
 * (apimachinery pkg/runtime/conversion.go @v1.34, Convert_Slice_string_To_bool).
 */
export const isTrue = (value: string | null): boolean =>
  value !== null && value !== '0' && value.toLowerCase() !== 'false';

/** Words before the resource, which say what to do with it. */
const VERBS_IN_PATH: readonly string[] = ['proxy', 'watch'];

/** Splits a path at its slashes, but for those at its ends; an empty part between two slashes is one. */
function partsOf(path: string): string[] {
  const decoded = decodePath(path);
  let start = 0;
  let end = decoded.length;
  while (start < end && decoded[start] === '/') start++;
  while (start < end && decoded[end - 1] === '/') end--;
  return start === end ? [] : decoded.slice(start, end).split('/');
}

/** The whole path is decoded before it is split, as Go has it. @throws PlainError 400 */
function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    throw new PlainError(400, '400 Bad Request');
  }
}

/** @throws PlainError 400 for a path that cannot be decoded, 500 for a verb in the path without a resource */
export function parseRequest(method: string, url: string): RequestInfo {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  const others = partsOf(path);
  const root = others.shift();
  const isCore = root === 'api';
  if ((!isCore && root !== 'apis') || others.length < (isCore ? 2 : 3))
    return { kind: 'path', method, path, query };
  const group = isCore ? '' : (others.shift() as string); // there are at least three
  const version = others.shift() as string;
  let verb = VERBS[method] ?? '';
  if (VERBS_IN_PATH.includes(others[0] ?? '')) {
    if (others.length < 2) {
      const problem = 'failed to create RequestInfo: unable to determine kind and namespace from url';
      throw new PlainError(500, `Internal Server Error: ${JSON.stringify(url)}: ${problem}, ${url}`);
    }
    verb = others.shift() as string;
  }
  let namespace = '';
  let isInNamespace = false;
  if (others[0] === 'namespaces' && others.length > 1) {
    namespace = others[1] ?? '';
    isInNamespace = others.length > 2 && !NAMESPACE_SUBRESOURCES.includes(others[2] ?? '');
    if (isInNamespace) others.splice(0, 2);
  }
  const [plural = '', name = '', subresource = '', ...rest] = others;
  if (name === '') {
    if (verb === 'get') verb = isTrue(query.get('watch')) ? 'watch' : 'list';
    if (verb === 'delete') verb = 'deletecollection';
  }
  return {
    kind: 'resource',
    method,
    path,
    query,
    verb,
    group,
    version,
    plural,
    subresource,
    rest: rest.join('/'),
    namespace,
    name,
    depth: others.length,
    isInNamespace,
  };
}

/** Makes the question to the authorizer. @param demandedName - the name that a field selector demands */
export function attributesOf(info: RequestInfo, demandedName: string | undefined): Attributes {
  if (info.kind === 'path')
    return {
      kind: 'path',
      verb: VERBS[info.method] === 'get' ? 'get' : info.method.toLowerCase(),
      path: info.path,
    };
  return {
    kind: 'resource',
    verb: info.verb,
    group: info.group,
    resource: info.plural,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name === '' ? (demandedName ?? '') : info.name,
  };
}
