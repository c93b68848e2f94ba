/** Discovery: `/api`, `/apis` and below, in the aggregated and the legacy form. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../registry/json.ts';
import { type Call, sendJson, sendText, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';
import { groupsOf } from './api-groups.ts';
import { aggregatedGroup, legacyGroup, legacyResources } from './discovery-documents.ts';

/**
 * Returns the version of the aggregated form that the client asks for; clients that ask for none would crash
 * on it.
 */
function aggregatedVersion(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const entry of (accept ?? '').split(',')) {
    if (!entry.includes('as=APIGroupDiscoveryList') || !entry.includes('g=apidiscovery.k8s.io')) continue;
    const version = /;\s*v=(v2beta1|v2)\b/.exec(entry)?.[1];
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
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

/** Answers a request for discovery. @returns true if the path is one of discovery */
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

/** Makes Go's answer to a path that nobody serves. */
export function sendPageNotFound({ response }: Call): void {
  sendText(response, 404, '404 page not found\n');
}
