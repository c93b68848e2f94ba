/**
 * The variables that expressions of admission have, by their types (apiserver
 * pkg/admission/plugin/cel/compile.go @v1.34).
 */

import { BOOL, DYN, INT, listOf, mapOf, STRING, structType, TIMESTAMP, type Type } from '../check/types.ts';
import { AUTHORIZER, RESOURCE_CHECK } from '../functions/authorization.ts';

const struct = (name: string, fields: Readonly<Record<string, Type>>): Type =>
  structType(`kubernetes.${name}`, new Map(Object.entries(fields)));

const KIND = struct('GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE = struct('GroupVersionResource', { group: STRING, version: STRING, resource: STRING });
const USER = struct('UserInfo', {
  username: STRING,
  uid: STRING,
  groups: listOf(STRING),
  extra: mapOf(STRING, listOf(STRING)),
});
const REQUEST = struct('AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER,
  dryRun: BOOL,
  options: DYN,
});
const NAMESPACE = struct('Namespace', {
  metadata: struct('NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: struct('NamespaceSpec', { finalizers: listOf(STRING) }),
  status: struct('NamespaceStatus', {
    conditions: listOf(
      struct('NamespaceCondition', {
        status: STRING,
        type: STRING,
        lastTransitionTime: TIMESTAMP,
        message: STRING,
        reason: STRING,
      }),
    ),
    phase: STRING,
  }),
});

/** Which of the variables are there that not all expressions have. */
interface OptionalVariables {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  /** The types of a policy's own variables, in the order in which they may use each other. */
  readonly composed?: ReadonlyMap<string, Type>;
}

/** Returns the types of the variables by their names. */
export function variableTypes({ hasParams, hasAuthorizer, composed }: OptionalVariables): Map<string, Type> {
  const variables = new Map<string, Type>([
    ['object', DYN],
    ['oldObject', DYN],
    ['namespaceObject', NAMESPACE],
    ['request', REQUEST],
  ]);
  if (hasParams) variables.set('params', DYN);
  if (hasAuthorizer) {
    variables.set('authorizer', AUTHORIZER);
    variables.set('authorizer.requestResource', RESOURCE_CHECK);
  }
  if (composed) variables.set('variables', structType('kubernetes.variables', composed));
  return variables;
}
