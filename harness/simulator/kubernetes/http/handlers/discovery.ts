/** Discovery: `/api`, `/apis` and below, in the aggregated and the legacy form. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { type Call, sendJson, sendText, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';

/**
 * Groups whose place in discovery is not that of their first type: the others follow in order of
 * registration.
 */
interface Group {
  readonly name: string;
  readonly versions: readonly string[];
}

function groupsOf(types: readonly ResourceType[]): Group[] {
  const groups = new Map<string, Set<string>>();
  for (const type of types) {
    if (type.group === '') continue;
    const versions = groups.get(type.group) ?? new Set();
    for (const version of type.versions) versions.add(version);
    groups.set(type.group, versions);
  }
  return [...groups].map(([name, versions]) => ({ name, versions: [...versions].sort(byPriority) }));
}

/** v2 before v1, v1 before v1beta1 before v1alpha1 (apimachinery pkg/version/helpers.go). */
export function byPriority(a: string, b: string): number {
  const read = (version: string) => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (!match) return [0, 0, 0];
    return [
      match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1,
      Number(match[1]),
      Number(match[3] ?? 0),
    ];
  };
  const [first, second] = [read(a), read(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (second[index] ?? 0) - (first[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : 1;
}

/** The aggregated form, if the client asks for it: older ones die of it unasked. */
function aggregatedVersion(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const entry of (accept ?? '').split(',')) {
    if (!entry.includes('as=APIGroupDiscoveryList') || !entry.includes('g=apidiscovery.k8s.io')) continue;
    const version = /;\s*v=(v2beta1|v2)\b/.exec(entry)?.[1];
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}

/**
 * The answer for a type in deletion (apiextensions-apiserver pkg/apiserver/customresource_discovery_controller.go
 * @v1.32).
 */
const VERBS_WHILE_TERMINATING: readonly string[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];

const verbsOf = (type: ResourceType): readonly string[] =>
  type.custom?.terminating ? VERBS_WHILE_TERMINATING : type.verbs;

function aggregatedResource(type: ResourceType): JsonObject {
  return {
    resource: type.plural,
    responseKind: { group: '', version: '', kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
    ...(type.categories.length > 0 && { categories: type.categories }),
    verbs: verbsOf(type),
    ...(type.subresources.length > 0 && {
      subresources: type.subresources.map(({ name, kind, verbs, group = '', version = '' }) => ({
        subresource: name,
        responseKind: { group, version, kind },
        verbs,
      })),
    }),
  };
}

function aggregatedGroup(
  types: readonly ResourceType[],
  group: string,
  versions: readonly string[],
): JsonObject {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versions.map(version => ({
      version,
      resources: types
        .filter(type => type.group === group && type.versions.includes(version))
        .map(aggregatedResource),
      freshness: 'Current',
    })),
  };
}

function sendAggregated(call: Call, version: 'v2' | 'v2beta1', items: readonly JsonObject[]): void {
  const { request, response } = call;
  const text = JSON.stringify({
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items,
  });
  const tag = `"${createHash('sha256').update(text).digest('hex').toUpperCase()}"`;
  response.setHeader('ETag', tag);
  response.setHeader('Vary', 'Accept');
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  sendJson(call, 200, text, `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
}

function legacyGroup({ name, versions }: Group): JsonObject {
  const all = versions.map(version => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

function legacyResources(types: readonly ResourceType[], group: string, version: string): JsonObject {
  const resources = types
    .filter(type => type.group === group && type.versions.includes(version))
    .flatMap(type => [
      {
        name: type.plural,
        singularName: type.singular,
        namespaced: type.namespaced,
        kind: type.kind,
        verbs: verbsOf(type),
        ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
        ...(type.categories.length > 0 && { categories: type.categories }),
      },
      ...type.subresources.map(sub => ({
        name: `${type.plural}/${sub.name}`,
        singularName: '',
        namespaced: type.namespaced,
        ...(sub.version !== undefined && { group: sub.group ?? '', version: sub.version }),
        kind: sub.kind,
        verbs: sub.verbs,
      })),
    ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(group, version), resources };
}

const PATHS = [
  '/.well-known/openid-configuration',
  '/api',
  '/api/v1',
  '/apis',
  '/healthz',
  '/livez',
  '/openapi/v2',
  '/openapi/v3',
  '/openid/v1/jwks',
  '/readyz',
  '/version',
];

/** @returns whether the path is one of discovery */
export function handleDiscovery(environment: Environment, call: Call): boolean {
  const { registry, address } = environment;
  const parts = call.info.path.split('/').filter(part => part !== '');
  const types = registry.all();
  const aggregated = aggregatedVersion(call.request.headers.accept);
  const [root, group, version] = parts;
  if (parts.length === 0) {
    const versions = groupsOf(types).flatMap(({ name, versions }) => [
      `/apis/${name}`,
      ...versions.map(entry => `/apis/${name}/${entry}`),
    ]);
    sendValue(call, 200, { paths: [...PATHS, ...versions].sort() });
    return true;
  }
  if (root === 'api') {
    if (parts.length === 1 && aggregated)
      sendAggregated(call, aggregated, [aggregatedGroup(types, '', ['v1'])]);
    else if (parts.length === 1) {
      sendValue(call, 200, {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
      });
    } else if (parts.length === 2 && group === 'v1') sendValue(call, 200, legacyResources(types, '', 'v1'));
    else return false;
    return true;
  }
  if (root !== 'apis') return false;
  const groups = groupsOf(types);
  if (parts.length === 1) {
    if (aggregated) {
      sendAggregated(
        call,
        aggregated,
        groups.map(({ name, versions }) => aggregatedGroup(types, name, versions)),
      );
    } else sendValue(call, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(legacyGroup) });
    return true;
  }
  const found = groups.find(({ name }) => name === group);
  if (!found) return false;
  if (parts.length === 2) {
    sendValue(call, 200, { kind: 'APIGroup', apiVersion: 'v1', ...legacyGroup(found) });
    return true;
  }
  if (parts.length !== 3 || version === undefined || !found.versions.includes(version)) return false;
  sendValue(call, 200, legacyResources(types, found.name, version));
  return true;
}

/** Go's answer to a path that nobody serves. */
export function sendPageNotFound({ response }: Call): void {
  sendText(response, 404, '404 page not found\n');
}
