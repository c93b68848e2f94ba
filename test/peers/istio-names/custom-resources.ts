/** The kinds of a release and their fields, out of its CustomResourceDefinitions. */
import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';
import { objectText } from './type-text.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}
interface Version {
  readonly name: string;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
}
interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly Version[];
    readonly validation?: { readonly openAPIV3Schema?: Schema };
  };
}

/** A kind as the registry has it. */
export interface Kind {
  readonly group: string;
  readonly plural: string;
  /** Apart by spaces, as the definition has them. */
  readonly versions: string;
  /** The type of its spec. */
  readonly spec: string;
}

const LETTERS: Readonly<Record<string, string>> = { string: 's', boolean: 'b', integer: 'i', number: 'n' };

function typeOf(schema: Schema): string {
  const { type = '', properties, items, additionalProperties } = schema;
  if (schema['x-kubernetes-int-or-string']) return 's';
  if (type === 'array') return `[${typeOf(items ?? {})}]`;
  if (properties)
    return objectText(new Map(Object.entries(properties).map(([name, each]) => [name, typeOf(each)])));
  if (typeof additionalProperties === 'object') return `<${typeOf(additionalProperties)}>`;
  const values = (schema.enum ?? []).filter(each => typeof each === 'string');
  return values.length > 0 ? `s(${values.join('|')})` : (LETTERS[type] ?? 'o');
}

/** Reads a file of definitions. @returns kind → what it is, in the order of names */
export function readKinds(files: readonly string[]): Record<string, Kind> {
  const found: [string, Kind][] = [];
  for (const file of files)
    for (const document of yaml.loadAll(readFileSync(file, 'utf8')) as (Definition | null)[]) {
      if (!document) continue;
      const { group, names, versions, validation } = document.spec;
      // Fields are alike in all versions that a kind has; the first that tells them is taken.
      const schemas = [...versions.map(({ schema }) => schema), validation];
      const root = schemas.find(each => each?.openAPIV3Schema?.properties)?.openAPIV3Schema;
      found.push([
        names.kind,
        {
          group,
          plural: names.plural,
          versions: versions.map(({ name }) => name).join(' '),
          spec: typeOf(root?.properties?.['spec'] ?? {}),
        },
      ]);
    }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}
