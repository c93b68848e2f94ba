/** The names of types in OpenAPI documents: `core/v1.Pod` is `io.k8s.api.core.v1.Pod` there. */

/** Packages that are not part of k8s.io/api. */
const PACKAGES: Readonly<Record<string, string>> = {
  'meta/v1': 'io.k8s.apimachinery.pkg.apis.meta.v1',
  'apiextensions/v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'apiregistration/v1': 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
  version: 'io.k8s.apimachinery.pkg.version',
  resource: 'io.k8s.apimachinery.pkg.api.resource',
  runtime: 'io.k8s.apimachinery.pkg.runtime',
  intstr: 'io.k8s.apimachinery.pkg.util.intstr',
};

/**
 * Returns the name of a built-in type (kube-openapi pkg/util/util.go @v0.0.0-20250710, ToRESTFriendlyName).
 * @param message - with its package, as in registry/schema/messages.ts
 */
export function definitionName(message: string): string {
  const dot = message.lastIndexOf('.');
  const home = message.slice(0, dot);
  return `${PACKAGES[home] ?? `io.k8s.api.${home.replace('/', '.')}`}.${message.slice(dot + 1)}`;
}

/** Returns the name of a custom type: the group backwards, the version, the kind. */
export function customDefinitionName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

const SCHEMAS = '#/components/schemas/';

/** Returns a reference to a type, as documents of version 3 have it. */
export const refTo = (name: string): { readonly $ref: string } => ({ $ref: `${SCHEMAS}${name}` });

/** Returns the name of the type that a reference leads to. */
export const nameIn = (ref: string): string => ref.slice(SCHEMAS.length);
