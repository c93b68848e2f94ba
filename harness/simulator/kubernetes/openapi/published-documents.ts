/** The documents of an API server, made when they are asked for and kept as long as they are right. */
import { createHash } from 'node:crypto';
import { builtFrom } from '../../../base/package-root.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { keyOf, type ResourceType } from '../registry/resources.ts';
import { documentOfVersion2, documentOfVersion3, documentPaths } from './documents.ts';
import { encodeVersion2 } from './protobuf/version2.ts';
import { encodeVersion3 } from './protobuf/version3.ts';
import type { Schema } from './schema.ts';

/** A document in the two forms in which clients ask for it. */
export interface PublishedDocument {
  readonly json: string;
  /** What changes with the content, and only then. */
  readonly hash: string;
  protobuf(): Buffer;
}

const published = new WeakMap<ResourceRegistry, PublishedDocuments>();

/** Returns the documents of what a registry serves. @param version - `v1.34.3+mesh-harness` */
export function documentsOf(registry: ResourceRegistry, version: string): PublishedDocuments {
  let documents = published.get(registry);
  if (!documents) {
    documents = new PublishedDocuments(registry, version);
    published.set(registry, documents);
  }
  return documents;
}

const hashOf = (...parts: readonly string[]): string => {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').toUpperCase();
};

/** Documents without custom resources are the same in all clusters of a version. By hash. */
const shared = new Map<string, PublishedDocument>();

/** What decides over the content of a custom type's definitions: replaced with the type. */
const customHashes = new WeakMap<ResourceType, string>();

function customHash(type: ResourceType): string {
  let hash = customHashes.get(type);
  if (hash === undefined) {
    hash = hashOf(JSON.stringify(type));
    customHashes.set(type, hash);
  }
  return hash;
}

class PublishedDocuments {
  readonly #registry: ResourceRegistry;
  readonly #version: string;
  /** By path; `v2` is the document of version 2. */
  readonly #own = new Map<string, PublishedDocument>();
  #index: { readonly revision: number; readonly text: string } | undefined;

  constructor(registry: ResourceRegistry, version: string) {
    this.#registry = registry;
    this.#version = version;
  }

  /**
   * Returns where the documents of version 3 are. No document is made for it: a hash tells what it would be
   * of.
   */
  index(): string {
    const { revision } = this.#registry;
    if (this.#index?.revision !== revision) {
      const paths = documentPaths(this.#registry.all()).map(
        path => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${this.#hash(path)}` }] as const,
      );
      this.#index = { revision, text: JSON.stringify({ paths: Object.fromEntries(paths) }) };
    }
    return this.#index.text;
  }

  /** Returns a document of version 3; undefined for a path that has none. */
  version3(path: string): PublishedDocument | undefined {
    const isKnown = documentPaths(this.#registry.all()).includes(path);
    return isKnown
      ? this.#document(path, served => documentOfVersion3(served, path) ?? {}, encodeVersion3)
      : undefined;
  }

  version2(): PublishedDocument {
    return this.#document('v2', documentOfVersion2, encodeVersion2);
  }

  #document(
    path: string,
    make: (served: { types: readonly ResourceType[]; minor: number }) => Schema,
    encode: (document: Schema) => Buffer,
  ): PublishedDocument {
    const hash = this.#hash(path);
    const known = shared.get(hash) ?? this.#own.get(path);
    if (known?.hash === hash) return known;
    const document = make({ types: this.#registry.all(), minor: this.#registry.minor });
    const json = JSON.stringify(document);
    let encoded: Buffer | undefined;
    const made: PublishedDocument = {
      json,
      hash,
      protobuf: () => {
        // What came of JSON is what was written.
        encoded ??= encode(JSON.parse(json) as Schema);
        return encoded;
      },
    };
    if (this.#customOf(path).length === 0) shared.set(hash, made);
    else {
      // Documents of groups whose last definition is gone go, too.
      for (const known of this.#own.keys()) if (this.#customOf(known).length === 0) this.#own.delete(known);
      this.#own.set(path, made);
    }
    return made;
  }

  #customOf(path: string): readonly ResourceType[] {
    return this.#registry
      .all()
      .filter(
        ({ custom, group, versions }) =>
          custom && (path === 'v2' || versions.some(version => path === `apis/${group}/${version}`)),
      );
  }

  #hash(path: string): string {
    return hashOf(...this.#builtIn(), path, ...this.#customOf(path).map(customHash));
  }

  /** What decides over the rest. */
  #builtIn(): readonly string[] {
    const names = this.#registry.all().flatMap(type => (type.custom ? [] : [keyOf(type), ...type.versions]));
    return [this.#version, builtFrom() ?? '', ...names];
  }
}
