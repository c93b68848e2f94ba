/** Reads the structs of a Go package as far as Kubernetes' API types use the language. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A field of a struct. */
export interface GoField {
  /** As in JSON, or in protobuf if JSON has no name for it; empty where `json:",inline"` dissolves it. */
  readonly json: string;
  readonly omitEmpty: boolean;
  /** An empty struct is left out too. */
  readonly omitZero: boolean;
  /** As it is written, `*metav1.Time`. */
  readonly type: string;
  /** The number in protobuf; undefined for a field that does not travel. */
  readonly number: number | undefined;
  readonly patchStrategy: string | undefined;
  readonly patchMergeKey: string | undefined;
  /** The markers of its comment, `+listType=map` as `listType=map`. */
  readonly markers: readonly string[];
}

/** A struct. */
export interface GoStruct {
  readonly fields: readonly GoField[];
  readonly markers: readonly string[];
}

/** What is declared in a package. */
export interface GoPackage {
  readonly structs: ReadonlyMap<string, GoStruct>;
  /** Other types by name: what stands behind the name, and their markers. */
  readonly named: ReadonlyMap<string, { readonly type: string; readonly markers: readonly string[] }>;
  /** The values of constants by their type; `=v1.Name` stands for that of another package. */
  readonly constants: ReadonlyMap<string, readonly string[]>;
  /** The values of constants by their names. */
  readonly values: ReadonlyMap<string, string>;
  /** Import paths by the name that the files use. */
  readonly imports: ReadonlyMap<string, string>;
}

const TAG = /(\w+):"((?:[^"\\]|\\.)*)"/g;

function fieldOf(line: string, markers: readonly string[]): GoField | undefined {
  const [, name, type, tagText] = /^\t(?:(\w+)\s+)?([\w.*[\]]+)\s*`(.*)`/.exec(line) ?? [];
  if (type === undefined || tagText === undefined) return undefined;
  const tags = new Map([...tagText.matchAll(TAG)].map(([, key = '', value = '']) => [key, value]));
  const [json = '', ...options] = (tags.get('json') ?? '').split(',');
  if (json === '-') return undefined;
  const number = /^\w+,(\d+),/.exec(tags.get('protobuf') ?? '')?.[1];
  const inProtobuf = /,name=(\w+)/.exec(tags.get('protobuf') ?? '')?.[1] ?? '';
  const inline = options.includes('inline') || (name === undefined && json === '');
  return {
    json: inline ? '' : json || inProtobuf,
    omitEmpty: options.includes('omitempty'),
    omitZero: options.includes('omitzero'),
    type,
    number: number === undefined ? undefined : Number(number),
    patchStrategy: tags.get('patchStrategy'),
    patchMergeKey: tags.get('patchMergeKey'),
    markers,
  };
}

/** Keeps the markers of the comment that stands above a line. */
class Comment {
  #markers: string[] = [];

  /** Takes a line. @returns whether it belongs to a comment */
  takes(line: string): boolean {
    const text = /^\s*\/\/\s?(.*)$/.exec(line)?.[1];
    if (text === undefined) return false;
    const marker = /^\s*\+(\S.*)$/.exec(text)?.[1];
    if (marker !== undefined) this.#markers.push(marker.trim());
    return true;
  }

  /** Gives the markers away. */
  end(): string[] {
    const markers = this.#markers;
    this.#markers = [];
    return markers;
  }
}

interface StructDraft {
  readonly fields: GoField[];
  readonly markers: readonly string[];
}

interface Draft {
  readonly structs: Map<string, StructDraft>;
  readonly named: Map<string, { type: string; markers: readonly string[] }>;
  readonly constants: Map<string, string[]>;
  readonly values: Map<string, string>;
  readonly imports: Map<string, string>;
}

function readFile(text: string, into: Draft): void {
  const comment = new Comment();
  let struct: StructDraft | undefined;
  let early: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      // A block of markers before an empty line still belongs to the type (`+genclient` and the like do so).
      early = comment.end();
      continue;
    }
    if (comment.takes(line)) continue;
    const markers = [...early, ...comment.end()];
    early = [];
    if (struct) {
      if (line === '}') {
        struct = undefined;
        continue;
      }
      const field = fieldOf(line, markers);
      if (field) struct.fields.push(field);
      continue;
    }
    const [, structName] = /^type (\w+) struct ?\{\}?$/.exec(line) ?? [];
    if (structName !== undefined) {
      const begun: StructDraft = { fields: [], markers };
      into.structs.set(structName, begun);
      if (line.endsWith('{')) struct = begun;
      continue;
    }
    const [, name, type] = /^type (\w+) =?\s*([\w.*[\]]+)$/.exec(line.replace(/\s*\/\/.*$/, '')) ?? [];
    if (name !== undefined && type !== undefined) into.named.set(name, { type, markers });
    readConstant(line, into);
    const [, alias, imported] = /^\t(?:(\w+) )?"([\w./-]+)"$/.exec(line) ?? [];
    if (imported !== undefined) into.imports.set(alias ?? path.basename(imported), imported);
  }
}

/**
 * Reads `Name Type = "value"`, `Name = Type("value")`, and `Name = Type(other.Name)`, whose value is
 * `=other.Name`.
 */
function readConstant(line: string, into: Draft): void {
  const [, constant, before, after, text, other] =
    /^(?:const|\t)\s*(\w+)\s+(\w+)?\s*=\s*(?:(\w+)\()?(?:"([^"]*)"|(\w+\.\w+)\))/.exec(line) ?? [];
  const type = before ?? after;
  const value = text ?? (other === undefined ? undefined : `=${other}`);
  if (constant === undefined || type === undefined || value === undefined) return;
  into.values.set(constant, value);
  into.constants.set(type, [...(into.constants.get(type) ?? []), value]);
}

/** Reads all files of a package but its tests and what is generated. */
export function readGoPackage(folder: string): GoPackage {
  const into: Draft = {
    structs: new Map(),
    named: new Map(),
    constants: new Map(),
    values: new Map(),
    imports: new Map(),
  };
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.go') || file.endsWith('_test.go')) continue;
    if (file.startsWith('zz_') || file.startsWith('generated') || file.startsWith('types_swagger')) continue;
    readFile(readFileSync(path.join(folder, file), 'utf8'), into);
  }
  return into;
}
