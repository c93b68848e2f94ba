/** Paths beside the resources: version, health, OpenAPI, the token issuer. */

import { API_AUDIENCE } from '../../auth/token-claims.ts';
import type { JsonObject } from '../../registry/json.ts';
import { methodNotAllowed } from '../../registry/status.ts';
import { type Endpoint, negotiateRoute, PLAIN } from '../accept.ts';
import { sendHead } from '../answer-head.ts';
import { type Call, sendIndented } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { PathRequest } from '../request-info.ts';
import { handleDiscovery } from './discovery.ts';
import { handleHealth, sendPageNotFound } from './health.ts';
import { handleHealthMetrics, handleMetrics } from './metrics.ts';
import { handleOpenApi } from './open-api.ts';

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

/** A request for such a path; each answers in the forms that it has. */
type PathCall = Omit<Call<PathRequest>, 'accepted'>;

/** A document that is no object: a route has it for GET, in JSON alone. */
interface Document {
  readonly endpoint: Endpoint;
  readonly of: (environment: Environment) => unknown;
  /** What others know tokens by: in one line, to be kept (pkg/routes/openidmetadata.go @v1.34). */
  readonly isKept: boolean;
}

const DOCUMENTS: Readonly<Record<string, Document>> = {
  '/version': { endpoint: { ...PLAIN, produces: ['application/json'] }, of: versionInfo, isKept: false },
  '/.well-known/openid-configuration': {
    endpoint: { ...PLAIN, produces: ['application/json'] },
    of: ({ address }) => ({
      issuer: API_AUDIENCE,
      jwks_uri: `https://${address}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    }),
    isKept: true,
  },
  '/openid/v1/jwks': {
    endpoint: { ...PLAIN, produces: ['application/jwk-set+json'] },
    of: ({ tokens }) => tokens.keySet(),
    isKept: true,
  },
};

/** Answers paths that are no resources: discovery, health, version, OpenAPI. */
export function handlePath(environment: Environment, call: PathCall): void {
  const { info } = call;
  const path = info.path.length > 1 ? info.path.replace(/\/$/, '') : info.path;
  const document = DOCUMENTS[path];
  if (document) {
    sendDocument(environment, call, document);
    return;
  }
  if (info.path === '/metrics') {
    handleMetrics(environment, call);
    return;
  }
  if (info.path === '/metrics/slis') {
    handleHealthMetrics(call);
    return;
  }
  if (handleHealth(call) || handleOpenApi(environment, call)) return;
  if (!handleDiscovery(environment, call)) sendPageNotFound(call);
}

function sendDocument(environment: Environment, call: PathCall, { endpoint, of, isKept }: Document): void {
  const { info, request, response } = call;
  if (info.method !== 'GET') throw methodNotAllowed();
  negotiateRoute(request.headers.accept, endpoint);
  const type = endpoint.produces?.[0];
  if (!isKept) {
    sendIndented(call, 200, of(environment), type);
    return;
  }
  const text = JSON.stringify(of(environment));
  sendHead(call, 200, {
    'Content-Type': type,
    'Cache-Control': 'public, max-age=3600',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
