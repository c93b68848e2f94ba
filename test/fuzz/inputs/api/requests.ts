/** Requests to an API server: those that clients send, with changes. */
import fc, { type Arbitrary } from 'fast-check';
import { oddText } from '../values.ts';
import { type Body, objectBody, patchBody } from './bodies.ts';
import { type ServedKind, servedKind } from './kinds.ts';
import { plainName } from './messages.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
}

const mostly = (usual: Arbitrary<string>, odd: Arbitrary<string> = oddText): Arbitrary<string> =>
  fc.oneof({ weight: 15, arbitrary: usual }, { weight: 1, arbitrary: odd });

const NAMES_OF_QUERY = [
  ...['watch', 'limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'labelSelector', 'pretty'],
  ...['fieldSelector', 'timeoutSeconds', 'timeout', 'dryRun', 'fieldManager', 'fieldValidation', 'force'],
  ...['gracePeriodSeconds', 'propagationPolicy', 'orphanDependents', 'allowWatchBookmarks', 'verbose'],
  ...['sendInitialEvents', 'follow', 'tailLines', 'sinceSeconds', 'sinceTime', 'container', 'previous'],
  ...['limitBytes', 'timestamps', 'command', 'stdin', 'stdout', 'tty', 'ports', 'path', 'includeObject'],
];
const VALUES_OF_QUERY = [
  ...['true', 'false', '1', '0', '-1', '2', '500', '99999999999999999999', '1.5', '1e3', 'x', 'All', 'a'],
  ...['app=app', 'app in (a,b)', '!app', 'app!=a,b', 'a=b=c', 'app in (', '=', 'metadata.name=a', 'main'],
  ...['status.phase!=Running', 'spec.nodeName=', 'metadata.x=1', 'Background', 'Orphan', 'Strict', 'Warn'],
  ...['Exact', 'NotOlderThan', 'Metadata', 'Object', 'None', 'eyJ2IjoibWV0YSJ9', '2026-01-01T00:00:00Z'],
];
const query = fc.array(
  fc.tuple(mostly(fc.constantFrom(...NAMES_OF_QUERY)), mostly(fc.constantFrom(...VALUES_OF_QUERY))),
  { maxLength: 3 },
);

const ACCEPTED = [
  ...['application/json', '*/*', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'text/plain'],
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io',
  'application/json;as=X;v=;g',
];
/** Characters that HTTP has in a header. */
const headerText = oddText.map(text => text.replace(/[^\t\x20-\x7e]/g, '?').slice(0, 200));
const headers: Arbitrary<Record<string, string>> = fc.record(
  {
    accept: mostly(fc.constantFrom(...ACCEPTED), headerText),
    'impersonate-user': mostly(
      fc.constantFrom('', 'jane', 'system:serviceaccount:sample:default'),
      headerText,
    ),
    'impersonate-group': mostly(fc.constantFrom('', 'system:masters'), headerText),
    'impersonate-extra-a%2fb': headerText,
    authorization: mostly(fc.constantFrom('Bearer x.y.z', 'Bearer', 'Basic eDp5'), headerText),
    'content-encoding': fc.constantFrom('gzip', 'identity', 'x'),
    'accept-encoding': fc.constantFrom('gzip', 'br, gzip;q=0', 'x'),
    'if-none-match': fc.constantFrom('*', '"x"'),
  },
  { requiredKeys: [] },
);
/** Most requests have an accepted form, and little else. */
const fewHeaders: Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ACCEPTED).map(accept => ({ accept })) },
  { weight: 1, arbitrary: headers },
);

const PATHS = [
  ...['/', '/api', '/apis', '/api/v1', '/apis/apps', '/apis/apps/v1', '/apis/example.com/v1', '/version'],
  ...['/openapi/v2', '/openapi/v3', '/openapi/v3/apis/apps/v1', '/openapi/v3/x', '/healthz', '/readyz/ping'],
  ...['/livez', '/metrics', '/.well-known/openid-configuration', '/openid/v1/jwks', '/logs/', '/apis//v1'],
  ...['/api/v1/watch/pods', '/api/v1/watch/namespaces/sample/pods/a', '/api/v1/namespaces/sample'],
  ...['/api/v1/namespaces//pods', '/api/v1/namespaces/sample/pods/a/log/x', '//api/v1', '/api/v1/%2e%2e'],
];

const encoded = (part: string): string => encodeURIComponent(Buffer.from(part).toString());

const SUBRESOURCES = [
  ...['status', 'scale', 'token', 'eviction', 'binding', 'log', 'exec', 'attach', 'portforward', 'proxy'],
  ...['finalize', 'ephemeralcontainers', 'approval'],
];
const method: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('PATCH') },
  { weight: 3, arbitrary: fc.constantFrom('PUT', 'POST') },
  { weight: 3, arbitrary: fc.constantFrom('GET', 'DELETE') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'GET') },
);

interface Where {
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly rest: string;
}

function pathOf({ apiVersion, plural, namespaced }: ServedKind, where: Where): string {
  const { namespace, name, subresource, rest } = where;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespaced && namespace !== '' ? `/namespaces/${encoded(namespace)}` : '';
  const parts = [name, subresource, rest].filter(part => part !== '').map(encoded);
  return [`${root}${scope}/${plural}`, ...parts].join('/');
}

const objectName = mostly(fc.constantFrom('a', 'b'), plainName);

const whereOf = ({ subresources }: ServedKind, method: string): Arbitrary<Where> =>
  fc.record({
    namespace: mostly(fc.constant('sample'), fc.constantFrom('default', '', 'nobody')),
    name: method === 'POST' ? mostly(fc.constant(''), objectName) : mostly(objectName, fc.constant('')),
    subresource: fc.oneof(
      { weight: 8, arbitrary: fc.constant('') },
      { weight: 3, arbitrary: fc.constantFrom('', ...subresources) },
      { weight: 1, arbitrary: fc.constantFrom(...SUBRESOURCES) },
    ),
    rest: fc.oneof({ weight: 20, arbitrary: fc.constant('') }, oddText),
  });

/** A subresource of an object needs its name. */
const named = (where: Where): Where =>
  where.subresource !== '' && where.name === '' ? { ...where, name: 'a' } : where;

function bodyFor(method: string, kind: ServedKind, { name }: Where): Arbitrary<Body | undefined> {
  if (method === 'PATCH') return patchBody(kind, name);
  if (method === 'POST' || method === 'PUT')
    return objectName.chain(other => objectBody(kind, name === '' ? other : name));
  const none = fc.constant(undefined);
  return fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: objectBody(kind, name) });
}

/** The kind that travels to a subresource, where it is not the resource's own. */
const OF_SUBRESOURCE: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  token: ['authentication.k8s.io/v1', 'TokenRequest'],
  eviction: ['policy/v1', 'Eviction'],
  scale: ['autoscaling/v1', 'Scale'],
  binding: ['v1', 'Binding'],
};

function travelling(kind: ServedKind, { subresource }: Where): ServedKind {
  const [apiVersion, name] = OF_SUBRESOURCE[subresource] ?? [];
  if (apiVersion === undefined || name === undefined) return kind;
  const { content: _, ...rest } = kind;
  return { ...rest, apiVersion, kind: name };
}

const resourceRequest = (kind: ServedKind, how: Arbitrary<string>): Arbitrary<Request> =>
  how
    .chain(method => fc.tuple(fc.constant(method), whereOf(kind, method)))
    .chain(([method, anywhere]) => {
      const where = named(anywhere);
      const body = bodyFor(method, travelling(kind, where), where);
      return fc
        .record({ query, headers: fewHeaders, body })
        .map(({ body, ...rest }) => ({ method, path: pathOf(kind, where), ...rest, ...(body && { body }) }));
    });

const pathRequest: Arbitrary<Request> = fc.record({
  method,
  path: mostly(
    fc.constantFrom(...PATHS),
    oddText.map(text => `/${encoded(text)}`),
  ),
  query,
  headers: fewHeaders,
});

/** Some requests, one after the other: most about objects of one kind, the first of which makes one. */
export const requests: Arbitrary<readonly Request[]> = servedKind.chain(kind => {
  const other = servedKind.chain(another => resourceRequest(another, method));
  const more = fc.oneof(
    { weight: 9, arbitrary: resourceRequest(kind, method) },
    { weight: 2, arbitrary: other },
    { weight: 1, arbitrary: pathRequest },
  );
  return fc
    .tuple(resourceRequest(kind, fc.constant('POST')), fc.array(more, { maxLength: 3 }))
    .map(([first, rest]) => [first, ...rest]);
});
