/**
 * The OpenAPI documents of what is served: one of version 2, and one of version 3 for each group and version.
 */
import { groupsOf } from '../registry/groups.ts';
import type { ResourceType } from '../registry/resources.ts';
import { addCustomDefinitions } from './custom-definitions.ts';
import { Definitions } from './definitions.ts';
import { KnownKinds } from './known-kinds.ts';
import type { Operation } from './operation.ts';
import { ResourceOperations } from './resource-operations.ts';
import { groupOperation, ROOT_ROWS, rootOperation, versionOperation } from './root-operations.ts';
import type { Schema } from './schema.ts';
import { SharedParameters } from './shared-parameters.ts';
import { definitionOfVersion2, pathsOfVersion2 } from './version2.ts';
import { pathsOfVersion3 } from './version3.ts';

const SECURITY = {
  type: 'apiKey',
  description: 'Bearer Token authentication',
  name: 'authorization',
  in: 'header',
};

/** What documents are made of. */
interface Served {
  readonly types: readonly ResourceType[];
  /** The version of Kubernetes, 34 for 1.34. */
  readonly minor: number;
}

const informationOf = (minor: number) => ({ title: 'Kubernetes', version: `1.${minor}` });
const OF_CUSTOM = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' };

const isServed = (type: ResourceType, group: string, version: string): boolean =>
  type.group === group && type.versions.includes(version);

/**
 * Returns the paths of the documents of version 3: `apis/apps/v1`, `apis/apps`, `version`. Groups that only
 * have custom resources have none of their own.
 */
export function documentPaths(types: readonly ResourceType[]): readonly string[] {
  const builtIn = types.filter(type => !type.custom);
  const versions = types.flatMap(({ group, versions }) =>
    versions.map(version => (group === '' ? `api/${version}` : `apis/${group}/${version}`)),
  );
  const groups = groupsOf(builtIn).map(({ name }) => `apis/${name}`);
  return [...new Set([...Object.keys(ROOT_ROWS), ...groups, ...versions])].sort();
}

/** Makes a document of version 3; undefined for a path that has none. */
export function documentOfVersion3(served: Served, path: string): Schema | undefined {
  const { types, minor } = served;
  const root = ROOT_ROWS[path];
  const [, group = '', version] = /^(?:api|apis\/([^/]+))(?:\/([^/]+))?$/.exec(path) ?? [];
  if (!root && version !== undefined) return documentOfGroupVersion(served, group, version);
  const definitions = new Definitions(new KnownKinds(types, minor), minor);
  if (root) return bundle(definitions, [rootOperation(definitions, root)], minor);
  const isBuiltIn = types.some(type => !type.custom && type.group === group);
  return isBuiltIn ? bundle(definitions, [groupOperation(definitions, group)], minor) : undefined;
}

function documentOfGroupVersion(
  { types, minor }: Served,
  group: string,
  version: string,
): Schema | undefined {
  const own = types.filter(type => isServed(type, group, version));
  if (own.length === 0) return undefined;
  const isBuiltIn = own.some(type => !type.custom);
  const kinds = new KnownKinds(types, minor, isBuiltIn ? 'server' : 'client');
  const definitions = new Definitions(kinds, minor);
  const operations: Operation[] = isBuiltIn ? [versionOperation(definitions, group, version)] : [];
  for (const type of own) {
    operations.push(...new ResourceOperations(type, version, definitions, minor).make());
    if (type.custom) addCustomDefinitions(definitions, type, version, false);
  }
  return bundle(definitions, operations, isBuiltIn ? minor : undefined);
}

/** @param minor - undefined for a document that has custom resources only */
function bundle(
  definitions: Definitions,
  operations: readonly Operation[],
  minor: number | undefined,
): Schema {
  const schemas = definitions.all();
  return {
    openapi: '3.0.0',
    info: minor === undefined ? OF_CUSTOM : informationOf(minor),
    paths: pathsOfVersion3(operations),
    components: {
      ...(Object.keys(schemas).length > 0 && { schemas }),
      ...(minor !== undefined && { securitySchemes: { BearerToken: SECURITY } }),
    },
  };
}

/** Makes the document of version 2. */
export function documentOfVersion2({ types, minor }: Served): Schema {
  const definitions = new Definitions(new KnownKinds(types, minor), minor);
  const operations = Object.values(ROOT_ROWS).map(row => rootOperation(definitions, row));
  const builtIn = types.filter(type => !type.custom);
  for (const { name } of groupsOf(builtIn)) operations.push(groupOperation(definitions, name));
  const versions = new Map(
    builtIn.flatMap(({ group, versions }) =>
      versions.map(version => [`${group}/${version}`, group] as const),
    ),
  );
  for (const [path, group] of versions)
    operations.push(versionOperation(definitions, group, path.slice(path.indexOf('/') + 1)));
  for (const type of types) {
    for (const version of type.versions) {
      operations.push(...new ResourceOperations(type, version, definitions, minor).make());
      if (type.custom) addCustomDefinitions(definitions, type, version, true);
    }
  }
  const shared = new SharedParameters();
  const paths = pathsOfVersion2(operations, shared);
  const all = Object.entries(definitions.all());
  return {
    swagger: '2.0',
    info: informationOf(minor),
    paths,
    definitions: Object.fromEntries(all.map(([name, schema]) => [name, definitionOfVersion2(name, schema)])),
    parameters: shared.all(),
    securityDefinitions: { BearerToken: SECURITY },
    security: [{ BearerToken: [] }],
  };
}
