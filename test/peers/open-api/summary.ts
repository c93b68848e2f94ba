/**
 * What OpenAPI documents say, without their texts: short enough to be kept, and enough to find what differs.
 */
import { createHash } from 'node:crypto';

/** By name, the first part of a hash: of a definition, or of the operations of a path. */
export interface Summary {
  /** The name of a definition, without its package → hash; by package. */
  readonly definitions: Readonly<Record<string, string>>;
  /** By the root of a group and version: the rest of the path → hash. */
  readonly paths: Readonly<Record<string, string>>;
}

/** The documents of a server: that of version 2, and those of version 3 by path. */
export interface Documents {
  readonly version2: unknown;
  readonly version3: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly definitions?: Readonly<Record<string, unknown>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
  readonly paths: Readonly<Record<string, unknown>>;
}

/** Sorts keys, and takes out texts and what depends on them: the ends of the names of shared parameters. */
function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value === 'string') return value.replace(/^(#\/parameters\/\w+)-.{8}$/, '$1');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => key !== 'description' || typeof each !== 'string')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, withoutTexts(each)]),
  );
}

const hashOf = (...values: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify(values.map(withoutTexts)))
    .digest('base64url')
    .slice(0, 5);

/** Joins names by what they begin with: `one:hash two:hash`. */
function byStart(entries: readonly (readonly [start: string, name: string, hash: string])[]) {
  const joined: Record<string, string> = {};
  for (const [start, name, hash] of [...entries].sort((a, b) => (a.join() < b.join() ? -1 : 1)))
    joined[start] = `${joined[start] === undefined ? '' : `${joined[start]} `}${name}:${hash}`;
  return joined;
}

/** Summarizes the documents of a server: what its documents of version 3 have, in both versions. */
export function summarize({ version2, version3 }: Documents): Summary {
  const swagger = version2 as Document;
  const documents = Object.values(version3) as Document[];
  const schemas: Record<string, unknown> = Object.assign(
    {},
    ...documents.map(({ components }) => components?.schemas),
  );
  const paths: Record<string, unknown> = Object.assign({}, ...documents.map(document => document.paths));
  return {
    definitions: byStart(
      Object.keys(schemas).map(name => {
        const dot = name.lastIndexOf('.');
        return [name.slice(0, dot), name.slice(dot + 1), hashOf(swagger.definitions?.[name], schemas[name])];
      }),
    ),
    paths: byStart(
      Object.keys(paths).map(path => {
        const [, root = '', rest = ''] = /^(\/(?:api|apis\/[^/]+)\/[^/]+|)(\/.*)$/.exec(path) ?? [];
        return [root, rest, hashOf(swagger.paths[path], paths[path])];
      }),
    ),
  };
}

const entriesOf = (joined: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(
    Object.entries(joined).flatMap(([start, entries]) =>
      entries.split(' ').map(entry => {
        const colon = entry.lastIndexOf(':');
        return [`${start} ${entry.slice(0, colon)}`, entry.slice(colon + 1)] as const;
      }),
    ),
  );

/** What one of two servers has otherwise, or alone. */
export interface Difference {
  readonly only: { readonly ours: readonly string[]; readonly theirs: readonly string[] };
  readonly different: readonly string[];
}

/** Compares definitions, or paths, of two summaries. */
export function compareSummaries(
  ours: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
): Difference {
  const [own, other] = [entriesOf(ours), entriesOf(theirs)];
  return {
    only: {
      ours: [...own.keys()].filter(name => !other.has(name)),
      theirs: [...other.keys()].filter(name => !own.has(name)),
    },
    different: [...own].flatMap(([name, hash]) =>
      other.has(name) && other.get(name) !== hash ? [name] : [],
    ),
  };
}
