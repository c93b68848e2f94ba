/**
 * The subject of a request, from its method and URL
 * (staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go @v1.32).
 */
import type { Attributes } from '../auth/rbac-rules.ts';
import { badRequest } from '../registry/status.ts';

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

/** Reads a boolean of a query, in the forms that clients send: `true`, `True`, `1`. */
export const isTrue = (value: string | null): boolean =>
  value === 'true' || value === '1' || value === 'True';

/** @throws ApiError 400 for a path that cannot be decoded */
export function parseRequest(method: string, url: string): RequestInfo {
  const [rawPath = '/', ...search] = url.split('?');
  const query = new URLSearchParams(search.join('?'));
  const common = { method, path: rawPath, query };
  let parts: string[];
  try {
    parts = rawPath
      .split('/')
      .filter(part => part !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(rawPath)}`);
  }
  const [root, ...others] = parts;
  const isCore = root === 'api';
  if (!isCore && root !== 'apis') return { kind: 'path', ...common };
  const group = isCore ? '' : (others.shift() ?? '');
  const version = others.shift();
  if (version === undefined || others.length === 0) return { kind: 'path', ...common };
  let verb = VERBS[method] ?? method.toLowerCase();
  if (others[0] === 'watch' && others.length > 1) {
    others.shift();
    verb = 'watch';
  }
  let namespace = '';
  if (others[0] === 'namespaces' && others.length > 1) {
    namespace = others[1] ?? '';
    if (others.length > 2 && !NAMESPACE_SUBRESOURCES.includes(others[2] ?? '')) others.splice(0, 2);
  }
  const [plural = '', name = '', subresource = '', ...rest] = others;
  if (name === '') {
    if (verb === 'get') verb = isTrue(query.get('watch')) ? 'watch' : 'list';
    if (verb === 'delete') verb = 'deletecollection';
  }
  return {
    kind: 'resource',
    ...common,
    verb,
    group,
    version,
    plural,
    subresource,
    rest: rest.join('/'),
    namespace,
    name,
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
