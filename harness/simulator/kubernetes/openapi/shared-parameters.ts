/**
 * The parameters that a document of version 2 tells once (kube-openapi pkg/builder/parameters.go
 * @v0.0.0-20250710).
 */
import type { Schema } from './schema.ts';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** The first six bytes of FNV-1 in 64 bits, in base64 for URLs. */
function shortHash(text: string): string {
  let hash = OFFSET;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, hash * PRIME) ^ BigInt(byte);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(hash);
  return bytes.subarray(0, 6).toString('base64url');
}

/** JSON as Go writes it. */
const inGo = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&]/g, letter => `\\u00${letter.charCodeAt(0).toString(16)}`);

const GENERIC = '#/definitions/io.k8s.apimachinery';

/**
 * Tells whether all that have a parameter may share it: its text names no kind, and no old client looks for
 * it.
 */
function isShared({ name, in: place, schema }: Schema): boolean {
  if (place === 'body') return String((schema as Schema | undefined)?.['$ref']).startsWith(GENERIC);
  return name !== 'name' && !(place === 'query' && (name === 'fieldValidation' || name === 'dryRun'));
}

/** Collects what is shared. */
export class SharedParameters {
  readonly #names = new Map<string, string>();
  readonly #shared = new Map<string, Schema>();

  /** Returns a reference to a parameter, or the parameter itself if it is not shared. */
  refTo(parameter: Schema): Schema {
    if (!isShared(parameter)) return parameter;
    const text = inGo(parameter);
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `${String(parameter['name'])}-${shortHash(text)}`;
      this.#names.set(text, name);
      this.#shared.set(name, parameter);
    }
    return { $ref: `#/parameters/${name}` };
  }

  /** Returns all of them, sorted by name. */
  all(): Schema {
    return Object.fromEntries([...this.#shared].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
