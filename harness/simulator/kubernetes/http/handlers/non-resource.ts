/** Paths beside the resources: version, health, OpenAPI, the token issuer. */
import { API_AUDIENCE } from '../../auth/token-claims.ts';
import type { JsonObject } from '../../registry/json.ts';
import { openApiDocument, openApiIndex } from '../../registry/schema/open-api.ts';
import { methodNotAllowed } from '../../registry/status.ts';
import { type Call, sendJson, sendText, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';
import { handleDiscovery, sendPageNotFound } from './discovery.ts';

/** Answers `/version`: kubectl chooses by it what it may ask for. The build is ours, and says so. */
function versionInfo({ version, registry: { minor } }: Environment): JsonObject {
  return {
    major: '1',
    minor: String(minor),
    emulationMajor: '1',
    emulationMinor: String(minor),
    minCompatibilityMajor: '1',
    minCompatibilityMinor: String(minor - 1),
    gitVersion: version,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'none',
    platform: 'linux/amd64',
  };
}

const CHECKS = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/rbac/bootstrap-roles',
];
const OPENAPI_V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Answers paths that are no resources: discovery, health, version, OpenAPI. */
export function handlePath(environment: Environment, call: Call): void {
  const { info, response } = call;
  if (info.method !== 'GET' && info.method !== 'HEAD') throw methodNotAllowed();
  const path = info.path.length > 1 ? info.path.replace(/\/$/, '') : info.path;
  switch (path) {
    case '/version':
      sendValue(call, 200, versionInfo(environment));
      return;
    case '/healthz':
    case '/livez':
    case '/readyz':
      sendText(response, 200, info.query.has('verbose') ? verboseHealth(path.slice(1)) : 'ok');
      return;
    case '/openapi/v2':
      // Empty, and yet enough for every kubectl (docs/reference/kubernetes.md K2).
      response.writeHead(200, { 'Content-Type': OPENAPI_V2_TYPE, 'Content-Length': 0 }).end();
      return;
    case '/openapi/v3':
      sendValue(call, 200, openApiIndex(environment.registry));
      return;
    case '/.well-known/openid-configuration':
      sendValue(call, 200, {
        issuer: API_AUDIENCE,
        jwks_uri: `https://${environment.address}/openid/v1/jwks`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
      });
      return;
    case '/openid/v1/jwks':
      sendJson(call, 200, JSON.stringify(environment.tokens.keySet()), 'application/jwk-set+json');
      return;
  }
  const document = /^\/openapi\/v3\/(api|apis\/[^/]+)\/([^/]+)$/.exec(path);
  if (document) {
    const [, root = '', version = ''] = document;
    const group = root === 'api' ? '' : root.slice('apis/'.length);
    const found = openApiDocument(environment.registry, group, version);
    if (found !== undefined) {
      sendJson(call, 200, found);
      return;
    }
  }
  if (!handleDiscovery(environment, call)) sendPageNotFound(call);
}

function verboseHealth(name: string): string {
  return `${CHECKS.map(check => `[+]${check} ok`).join('\n')}\n${name} check passed\n`;
}
