/** The CustomResourceDefinitions of a release without descriptions, each schema once. */
import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';

type Tree = Readonly<Record<string, unknown>>;

interface Version {
  readonly name: string;
  readonly storage?: boolean;
  readonly schema?: { readonly openAPIV3Schema: Tree };
  readonly additionalPrinterColumns?: readonly Tree[];
}

interface Spec extends Omit<Version, 'name' | 'storage' | 'schema'> {
  readonly group: string;
  readonly names: Tree;
  readonly scope: string;
  readonly versions: readonly Version[];
  /** v1beta1 has one schema for all versions here. */
  readonly validation?: { readonly openAPIV3Schema: Tree };
  /** v1beta1: nothing is pruned, which is so if it is absent. */
  readonly preserveUnknownFields?: boolean;
}

/** A definition as it is kept. Where its versions differ something would be lost, so that is an error. */
export interface KeptDefinition {
  readonly group: string;
  readonly names: Tree;
  /** Of its versions the stored one. */
  readonly stored: string;
  readonly versions: readonly string[];
  readonly columns: readonly Tree[];
  /** JSON: it is parsed when it is needed. */
  readonly schema: string;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field may be called description: what describes is a text. */
function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => name !== 'description' || typeof each !== 'string')
      .map(([name, each]) => [name, withoutDescriptions(each)]),
  );
}

/** Says in the schema what v1beta1 says beside it: unknown fields stay, wherever objects have named ones. */
function keepingUnknown(schema: unknown): unknown {
  if (!isTree(schema)) return schema;
  const { properties, items, ...rest } = schema;
  const isOpen = schema['type'] === 'object' && schema['additionalProperties'] === undefined;
  return {
    ...rest,
    ...(isTree(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, keepingUnknown(each)]),
      ),
    }),
    ...(items !== undefined && { items: keepingUnknown(items) }),
    ...(isOpen && { 'x-kubernetes-preserve-unknown-fields': true }),
  };
}

function one<T>(name: string, values: readonly T[]): T {
  const texts = new Set(values.map(value => JSON.stringify(value)));
  const [value] = values;
  if (texts.size !== 1 || value === undefined) throw new Error(`${name}: versions differ`);
  return value;
}

function kept({ group, names, versions, validation, ...spec }: Spec): KeptDefinition {
  const name = String(names['plural']);
  const schemas = versions.map(({ schema }) => {
    const root = { type: 'object', ...(schema ?? validation)?.openAPIV3Schema };
    const prunes = schema !== undefined || spec.preserveUnknownFields === false;
    return withoutDescriptions(prunes ? root : keepingUnknown(root));
  });
  const columns = versions.map(version =>
    (version.additionalPrinterColumns ?? spec.additionalPrinterColumns ?? []).map(
      ({ description: _text, JSONPath, ...column }) => ({
        ...column,
        ...(JSONPath !== undefined && { jsonPath: JSONPath }),
      }),
    ),
  );
  if (spec.scope !== 'Namespaced') throw new Error(`${name}: not in namespaces`);
  return {
    group,
    names,
    stored: versions.find(({ storage }) => storage)?.name ?? '',
    versions: versions.map(version => version.name),
    columns: one(name, columns),
    schema: JSON.stringify(one(name, schemas)),
  };
}

/** Reads files of definitions of v1 or v1beta1. */
export const readDefinitions = (files: readonly string[]): readonly KeptDefinition[] =>
  files
    .flatMap(file => yaml.loadAll(readFileSync(file, 'utf8')) as ({ readonly spec: Spec } | null)[])
    .flatMap(document => (document ? [kept(document.spec)] : []));
