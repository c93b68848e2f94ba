/** Discovery: `/api`, `/apis` and below, in the aggregated and the legacy form. */

import { createHash } from 'node:crypto';
import { groupsOf } from '../../registry/groups.ts';
import type { JsonObject } from '../../registry/json.ts';
import { methodNotAllowed, unknownResource } from '../../registry/status.ts';
import { AGGREGATED, acceptedForm, type Endpoint, negotiate, PLAIN, ROUTED } from '../accept.ts';
import { sendHead } from '../answer-head.ts';
import { type Call, sendIndented, sendJson, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';
import { aggregatedGroup, legacyGroup, legacyResources } from './discovery-documents.ts';
import { HEALTH_PATHS } from './health.ts';

/** A request before the form of its answer is agreed on. */
type Asked = Omit<Call, 'accepted'>;

/** Sends the groups with all their resources, and a tag by which the client can ask again. */
function sendAggregated(call: Call, items: readonly JsonObject[]): void {
  const { request, response, accepted } = call;
  const text = JSON.stringify({
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items,
  });
  const tag = `"${createHash('sha512').update(text).digest('hex').toUpperCase()}"`;
  response.setHeader('ETag', tag);
  response.setHeader('Vary', 'Accept');
  response.setHeader('Cache-Control', 'public');
  if (request.headers['if-none-match'] === tag) {
    sendHead(call, 304).end();
    return;
  }
  const media = accepted.media === 'yaml' ? 'application/yaml' : 'application/json';
  sendJson(call, 200, text, `${media};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`);
}

const PATHS = [
  '/.well-known/openid-configuration',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/',
  '/metrics',
  '/metrics/slis',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/',
  '/openid/v1/jwks',
  '/version',
  ...HEALTH_PATHS,
];

/** The routes of built-in kinds are for GET alone. @throws ApiError 405 */
function demandGet({ info }: Asked): void {
  if (info.method !== 'GET') throw methodNotAllowed();
}

/** Agrees on the form of an answer. @throws ApiError 406 */
const agreed = (call: Asked, endpoint: Endpoint): Call => ({
  ...call,
  accepted: negotiate(call.request.headers.accept, endpoint),
});

/** Agrees on the list of all groups at once; undefined for a client that does not ask for it. */
function agreedAtOnce(call: Asked): Call | undefined {
  const accepted = acceptedForm(call.request.headers.accept, AGGREGATED);
  return accepted?.conversion && { ...call, accepted };
}

/** Answers a request for discovery. @returns true if the path is one of discovery */
export function handleDiscovery(environment: Environment, call: Asked): boolean {
  const { path } = call.info;
  if (path === '/' || path === '/index.html') {
    sendIndented(call, 200, { paths: pathsOf(environment) });
    return true;
  }
  if (path.slice(0, -1).endsWith('/')) return false;
  const [root, ...parts] = path.split('/').filter(part => part !== '');
  if (root === 'api') return handleCore(environment, call, parts);
  return root === 'apis' && handleGroups(environment, call, parts);
}

function pathsOf({ registry }: Environment): readonly string[] {
  const groups = groupsOf(registry.all()).flatMap(({ name, versions }) => [
    `/apis/${name}`,
    ...versions.map(entry => `/apis/${name}/${entry}`),
  ]);
  return [...PATHS, ...groups].sort();
}

function handleCore(
  { registry, address }: Environment,
  call: Asked,
  [version, ...more]: readonly string[],
): boolean {
  const types = registry.all();
  if (more.length > 0) throw unknownResource();
  demandGet(call);
  if (version !== undefined) {
    if (version !== 'v1') throw unknownResource();
    sendValue(agreed(call, ROUTED), 200, legacyResources(types, '', 'v1'));
    return true;
  }
  const atOnce = agreedAtOnce(call);
  if (atOnce) sendAggregated(atOnce, [aggregatedGroup(types, '', ['v1'])]);
  else {
    sendValue(agreed(call, ROUTED), 200, {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
    });
  }
  return true;
}

function handleGroups({ registry }: Environment, call: Asked, parts: readonly string[]): boolean {
  const [group, version, ...more] = parts;
  const types = registry.all();
  const groups = groupsOf(types);
  if (group === undefined) {
    const atOnce = agreedAtOnce(call);
    if (atOnce)
      sendAggregated(
        atOnce,
        groups.map(({ name, versions }) => aggregatedGroup(types, name, versions)),
      );
    else {
      const list = { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(legacyGroup) };
      sendValue(agreed(call, PLAIN), 200, list);
    }
    return true;
  }
  const found = groups.find(({ name }) => name === group);
  if (!found || more.length > 0) return false;
  if (version === undefined) {
    sendValue(agreed(call, PLAIN), 200, { kind: 'APIGroup', apiVersion: 'v1', ...legacyGroup(found) });
    return true;
  }
  const isBuiltIn = registry.hasBuiltIn(group);
  if (!found.versions.includes(version)) {
    if (isBuiltIn) throw unknownResource();
    return false;
  }
  if (isBuiltIn) demandGet(call);
  sendValue(agreed(call, isBuiltIn ? ROUTED : PLAIN), 200, legacyResources(types, found.name, version));
  return true;
}
