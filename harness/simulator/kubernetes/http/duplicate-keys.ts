/** Keys that a text of JSON or YAML has twice in one object: the last one counts, and the client is told. */
import { load, YAMLException } from 'js-yaml';
import type { FieldProblems } from '../registry/schema/keep.ts';

/** A key of a JSON text, by its path: `spec.containers[0].image`. */
interface Key {
  readonly path: string;
  readonly isDuplicate: boolean;
}

/** The duplicates of one text. */
export interface Duplicates {
  /**
   * Puts them together with the unknown fields.
   * @param isTyped - the fields were found one after the other, as those of built-in kinds are
   */
  withUnknown(unknown: readonly string[], isTyped: boolean): FieldProblems;
}

/** Names a field that the kind has not. */
export const unknownText = (field: string): string => `unknown field ${JSON.stringify(field)}`;
/** Names a field that is there twice. */
export const duplicateText = (field: string): string => `duplicate field ${JSON.stringify(field)}`;

/**
 * Found by nothing but a look at every character: escapes that may hide a quote, and spaces before a colon.
 */
const UNCLEAR = /\\"|"\s+:/;

/**
 * Tells whether a JSON text may have a key twice, by counting.
 * @param keyCount - the keys of the parsed value
 */
function mayRepeat(text: string, keyCount: number): boolean {
  if (UNCLEAR.test(text)) return true;
  let found = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) found += 1;
  return found !== keyCount;
}

/**
 * Lists the paths of the keys that a JSON text repeats.
 * @param text - is JSON
 * @param keyCount - the keys of the parsed value, which has each once
 */
export function repeatedPaths(text: string, keyCount: number): readonly string[] {
  if (!mayRepeat(text, keyCount)) return [];
  return repeatedOf(new KeyReader(text).read());
}

const repeatedOf = (keys: readonly Key[]): readonly string[] => [
  ...new Set(keys.filter(({ isDuplicate }) => isDuplicate).map(({ path }) => path)),
];

/**
 * Finds the keys that a JSON text repeats (sigs.k8s.io/json, strict decoding).
 * @param text - is JSON
 * @param keyCount - the keys of the parsed value, which has each once
 */
export function jsonDuplicates(text: string, keyCount: number): Duplicates | undefined {
  if (!mayRepeat(text, keyCount)) return undefined;
  const keys = new KeyReader(text).read();
  const repeated = repeatedOf(keys);
  if (repeated.length === 0) return undefined;
  return {
    withUnknown: (unknown, isTyped) => {
      const texts = isTyped
        ? inOrder(keys, unknown)
        : [...repeated.map(duplicateText), ...unknown.map(unknownText)];
      return { texts, warnings: texts };
    },
  };
}

/** Makes the duplicates of what was found elsewhere: they come before the unknown fields. */
export function toldBefore(found: readonly string[]): Duplicates | undefined {
  if (found.length === 0) return undefined;
  return {
    withUnknown: unknown => {
      const texts = [...found, ...unknown.map(unknownText)];
      return { texts, warnings: texts };
    },
  };
}

/** As a decoder meets them that skips what it does not know. */
function inOrder(keys: readonly Key[], unknown: readonly string[]): string[] {
  const skipped = new Set(unknown);
  const isInside = (path: string) =>
    unknown.some(field => path.startsWith(`${field}.`) || path.startsWith(`${field}[`));
  const texts = new Set<string>();
  for (const { path, isDuplicate } of keys) {
    if (skipped.has(path)) texts.add(unknownText(path));
    else if (isDuplicate && !isInside(path)) texts.add(duplicateText(path));
  }
  return [...texts];
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SPACE = /[\s,:]*/y;
const SCALAR = /[^\s,\]}]+/y;

/** Reads the keys of a text that is JSON. */
class KeyReader {
  readonly #text: string;
  readonly #keys: Key[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): readonly Key[] {
    this.#value('');
    return this.#keys;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #value(path: string): void {
    this.#take(SPACE);
    switch (this.#text[this.#at]) {
      case '{':
        this.#object(path);
        return;
      case '[':
        this.#list(path);
        return;
      case '"':
        this.#take(STRING);
        return;
    }
    this.#take(SCALAR);
  }

  #object(path: string): void {
    const seen = new Set<string>();
    this.#at += 1;
    for (;;) {
      this.#take(SPACE);
      if (this.#text[this.#at] !== '"') break;
      const key = JSON.parse(this.#take(STRING)) as string; // a string of JSON
      const below = path === '' ? key : `${path}.${key}`;
      this.#keys.push({ path: below, isDuplicate: seen.has(key) });
      seen.add(key);
      this.#value(below);
    }
    this.#at += 1;
  }

  #list(path: string): void {
    this.#at += 1;
    for (let index = 0; ; index++) {
      this.#take(SPACE);
      if (this.#at >= this.#text.length || this.#text[this.#at] === ']') break;
      this.#value(`${path}[${index}]`);
    }
    this.#at += 1;
  }
}

/** A key at its place in YAML. */
const YAML_KEY = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^:\n]+?(?=\s*:)/y;
/** More than anybody reads. */
const MOST_LINES = 100;

/** A document of YAML, and the keys that it repeats. */
export interface YamlDocument {
  readonly value: unknown;
  readonly duplicates?: Duplicates & { readonly lines: readonly string[] };
}

/** Reads a document of YAML in which a key may stand twice. @throws YAMLException for what is none */
export function loadYaml(text: string): YamlDocument {
  try {
    return { value: load(text) };
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key') throw error;
  }
  const lines = repeatedLines(text);
  const withUnknown = (unknown: readonly string[]): FieldProblems => {
    const sorted = [...unknown].sort().map(unknownText);
    return { texts: [unmarshalErrors(lines), ...sorted], warnings: [...lines, ...sorted] };
  };
  return { value: load(text, { json: true }), duplicates: { lines, withUnknown } };
}

/** Lists the lines as Go's YAML does. */
export const unmarshalErrors = (lines: readonly string[]): string =>
  `yaml: unmarshal errors:\n${lines.map(line => `  ${line}`).join('\n')}`;

/** The reader stops at the first one: each gets another name, until none is left. */
function repeatedLines(text: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < MOST_LINES) {
    try {
      load(rest);
      break;
    } catch (error) {
      if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key') break;
      const { position, line } = error.mark;
      YAML_KEY.lastIndex = position;
      const key = YAML_KEY.exec(rest)?.[0];
      if (key === undefined) break;
      lines.push(`line ${line + 1}: key ${JSON.stringify(String(load(key)))} already set in map`);
      rest = `${rest.slice(0, position)}"\\0${lines.length}"${rest.slice(position + key.length)}`;
    }
  }
  return lines;
}

const noted = new WeakMap<object, Duplicates>();

/** Keeps the duplicates of the text that an object was read from. */
export function noteDuplicates(object: object, duplicates: Duplicates | undefined): void {
  if (duplicates) noted.set(object, duplicates);
}

/** Returns the duplicates of the text that this very object was read from. */
export const duplicatesOf = (object: object): Duplicates | undefined => noted.get(object);
