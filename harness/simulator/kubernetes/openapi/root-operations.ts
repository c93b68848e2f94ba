/** The paths beside the resources: what is served, of which version, and who signs tokens. */
import { definitionName } from './definition-names.ts';
import type { Definitions } from './definitions.ts';
import type { Operation } from './operation.ts';
import { operationId, tagOf } from './operation-names.ts';

const ANSWERS = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** What is different about a path. */
interface Row {
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly description: string;
  /** The message of the answer; none for text. */
  readonly message?: string;
  readonly consumes?: readonly string[];
  readonly produces?: readonly string[];
}

function operation(definitions: Definitions, row: Row): Operation {
  const { message, consumes = ANSWERS, produces = ANSWERS, ...said } = row;
  if (message !== undefined) definitions.refTo(message);
  return {
    ...said,
    method: 'get',
    parameters: [],
    consumes,
    produces,
    responses: { 200: message === undefined ? 'string' : definitionName(message) },
  };
}

/** The resources of a group and version. */
export const versionOperation = (definitions: Definitions, group: string, version: string): Operation =>
  operation(definitions, {
    path: `/${group === '' ? 'api' : `apis/${group}`}/${version}/`,
    id: operationId('get', group, version, 'APIResources'),
    tag: tagOf(group, version),
    description: 'get available resources',
    message: 'meta/v1.APIResourceList',
  });

/** The versions of a group. */
export const groupOperation = (definitions: Definitions, group: string): Operation =>
  operation(definitions, {
    path: `/apis/${group}/`,
    id: operationId('get', group, undefined, 'APIGroup'),
    tag: tagOf(group),
    description: 'get information of a group',
    message: 'meta/v1.APIGroup',
  });

const VERSIONS = 'get available API versions';

/** The documents beside those of groups, by path: each has one operation. */
export const ROOT_ROWS: Readonly<Record<string, Row>> = {
  '.well-known/openid-configuration': {
    path: '/.well-known/openid-configuration/',
    id: 'getServiceAccountIssuerOpenIDConfiguration',
    tag: 'WellKnown',
    description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
    consumes: [],
    produces: ['application/json'],
  },
  api: {
    path: '/api/',
    id: 'getCoreAPIVersions',
    tag: 'core',
    description: VERSIONS,
    message: 'meta/v1.APIVersions',
  },
  apis: {
    path: '/apis/',
    id: 'getAPIVersions',
    tag: 'apis',
    description: VERSIONS,
    message: 'meta/v1.APIGroupList',
  },
  'openid/v1/jwks': {
    path: '/openid/v1/jwks/',
    id: 'getServiceAccountIssuerOpenIDKeyset',
    tag: 'openid',
    description:
      'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
    consumes: [],
    produces: ['application/jwk-set+json'],
  },
  version: {
    path: '/version/',
    id: 'getCodeVersion',
    tag: 'version',
    description: 'get the version information for this server',
    message: 'version.Info',
    consumes: ['application/json'],
    produces: ['application/json'],
  },
};

/** Makes the operation of such a document. */
export const rootOperation = (definitions: Definitions, row: Row): Operation => operation(definitions, row);
