/** Writes the structs of a package as the data that the simulator reads (registry/schema/messages.ts). */
import type { GoField, GoPackage } from './go-structs.ts';
import { importPath, PACKAGES, type TypesPackage } from './packages.ts';

/** A package as data. */
export interface Described {
  /** By the name of the message: its fields, by the names in JSON, each `number name type marks…`. */
  readonly messages: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The values of named strings, in the order of their declaration. */
  readonly enums: ReadonlyMap<string, readonly string[]>;
  /** The messages that apply owns as a whole. */
  readonly atomic: readonly string[];
}

/** The types that JSON and protobuf know in a way of their own, by import path and name. */
const LETTERS: Readonly<Record<string, string>> = {
  'k8s.io/apimachinery/pkg/apis/meta/v1.Time': 'T',
  'k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime': 'M',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Duration': 'D',
  'k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1': 'R',
  'k8s.io/apimachinery/pkg/api/resource.Quantity': 'Q',
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': 'I',
  'k8s.io/apimachinery/pkg/runtime.RawExtension': 'R',
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON': 'R',
  'k8s.io/apimachinery/pkg/types.UID': 's',
};

const SCALARS: Readonly<Record<string, string>> = {
  string: 's',
  bool: 'b',
  int32: 'i',
  int: 'i',
  int64: 'l',
  float64: 'd',
};

interface Resolved {
  /** Letters and marks as messages.ts explains them. */
  readonly type: string;
  /** The named string that it is, with a list of its values. */
  readonly enum?: string;
}

/** Finds what Go types are. */
class Resolver {
  readonly #own: TypesPackage;
  readonly #packages: ReadonlyMap<string, GoPackage>;

  constructor(own: TypesPackage, packages: ReadonlyMap<string, GoPackage>) {
    this.#own = own;
    this.#packages = packages;
  }

  /** @throws Error for a type that is not understood */
  resolve(text: string, at: string = importPath(this.#own)): Resolved {
    if (text === '[]byte') return { type: 'y' };
    if (text.startsWith('*')) return this.#inside('*', text.slice(1), at);
    if (text.startsWith('[]')) return this.#inside('[]', text.slice(2), at);
    const [, value] = /^map\[[\w.]+\](.*)$/.exec(text) ?? [];
    if (value !== undefined) return this.#inside('{}', value, at);
    const scalar = SCALARS[text];
    if (scalar !== undefined) return { type: scalar };
    const [name = '', qualifier] = text.split('.').reverse();
    const home = qualifier === undefined ? at : this.#packages.get(at)?.imports.get(qualifier);
    if (home === undefined) throw new Error(`${at}: nothing is imported as ${qualifier}`);
    return this.#named(home, name);
  }

  #inside(mark: string, text: string, at: string): Resolved {
    const inner = this.resolve(text, at);
    // Lists and maps of pointers are those of their values; a pointer to a list is the list.
    return { ...inner, type: mark === '*' && /^[[{]/.test(inner.type) ? inner.type : mark + inner.type };
  }

  #named(home: string, name: string): Resolved {
    const letter = LETTERS[`${home}.${name}`];
    if (letter !== undefined) return { type: letter };
    const declared = this.#packages.get(home);
    if (declared?.structs.has(name)) {
      const { short } = PACKAGES.find(each => importPath(each) === home) ?? this.#own;
      return { type: home === importPath(this.#own) ? name : `${short}.${name}` };
    }
    const named = declared?.named.get(name);
    if (!named) throw new Error(`${home}.${name} is not declared`);
    // A named list of strings is a message around it in protobuf.
    if (named.type === '[]string') return { type: 'X' };
    const inner = this.resolve(named.type, home);
    return named.markers.includes('enum') && inner.type === 's'
      ? { type: 's', enum: `${home}.${name}` }
      : inner;
  }
}

/** Tells whether a type is a struct of Go, and no pointer, list or map. */
const isStruct = (type: string): boolean => /^[A-Z]|^[a-z]+\/v\d/.test(type) && !/^[RX]$/.test(type);

/** Returns the marks behind a field's type. */
function marksOf(
  { markers, omitEmpty, omitZero, patchStrategy, patchMergeKey }: GoField,
  { values }: GoPackage,
  type: string,
): string[] {
  const markValue = (name: string) =>
    markers.find(marker => marker.startsWith(`${name}=`))?.slice(name.length + 1);
  const marks: string[] = [];
  // Go leaves no struct out for being empty, unless it is told so by `omitzero`.
  if (!omitZero && (!omitEmpty || isStruct(type))) marks.push('always');
  const optional = omitEmpty || omitZero || markers.includes('optional');
  if (markers.includes('required') || !optional) marks.push('required');
  if (patchStrategy !== undefined) marks.push(`patch:${patchStrategy}`);
  if (patchMergeKey !== undefined) marks.push(`key:${patchMergeKey}`);
  const listType = markValue('listType');
  if (listType !== undefined) marks.push(`list:${listType}`);
  const keys = markers.filter(marker => marker.startsWith('listMapKey='));
  if (keys.length > 0) marks.push(`keys:${keys.map(key => key.slice('listMapKey='.length)).join('|')}`);
  const mapType = markValue('mapType') ?? markValue('structType');
  if (mapType !== undefined) marks.push(`map:${mapType}`);
  const fallback = markValue('default');
  const named = /^ref\((\w+)\)$/.exec(fallback ?? '')?.[1];
  if (named !== undefined) marks.push(`default:${JSON.stringify(values.get(named))}`);
  else if (fallback !== undefined) marks.push(`default:${fallback.replaceAll(' ', '')}`);
  return marks;
}

/** Returns the values of a named string. */
function constantsOf(name: string, home: string, packages: ReadonlyMap<string, GoPackage>): string[] {
  const declared = packages.get(home);
  return (declared?.constants.get(name) ?? []).map(value => {
    const [, alias = '', constant = ''] = /^=(\w+)\.(\w+)$/.exec(value) ?? [];
    return packages.get(declared?.imports.get(alias) ?? '')?.values.get(constant) ?? value;
  });
}

/** Describes a package. @param packages - all of them, by import path */
export function describePackage(own: TypesPackage, packages: ReadonlyMap<string, GoPackage>): Described {
  const declared = packages.get(importPath(own));
  if (!declared) throw new Error(`${importPath(own)} was not read`);
  const resolver = new Resolver(own, packages);
  const messages = new Map<string, ReadonlyMap<string, string>>();
  const enums = new Map<string, readonly string[]>();
  for (const [name, { fields }] of declared.structs) {
    if (LETTERS[`${importPath(own)}.${name}`] !== undefined) continue;
    const described = new Map<string, string>();
    for (const field of fields) {
      if (field.number === undefined) continue;
      const { type, enum: values } = resolver.resolve(field.type);
      const marks = marksOf(field, declared, type);
      if (values !== undefined) {
        const [home = '', short = ''] = [values.slice(0, values.lastIndexOf('.')), values.split('.').at(-1)];
        enums.set(short, constantsOf(short, home, packages));
        marks.push(`enum:${short}`);
      }
      const json = field.json === '' ? '~' : field.json;
      // `~` may stand twice: a message can dissolve two others.
      described.set(`${json} ${field.number}`, [String(field.number), json, type, ...marks].join(' '));
    }
    if (described.size > 0 || fields.length === 0) messages.set(name, described);
  }
  const atomic = [...declared.structs]
    .filter(([, { markers }]) => markers.includes('structType=atomic'))
    .map(([name]) => name);
  return { messages, enums, atomic };
}
