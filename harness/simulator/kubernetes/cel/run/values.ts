/**
 * The values of expressions: those of JavaScript where CEL has the same, and classes for the rest
 * (google/cel-go common/types @v0.26).
 */

import type { Type } from '../check/types.ts';
import { UnsignedInt } from './unsigned-int.ts';

/** A number with a fraction is a `number`, a whole one a `bigint`. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | UnsignedInt
  | Timestamp
  | Duration
  | readonly Value[]
  | MapValue
  | Optional
  | TypeValue
  | ForeignValue;

/** An expression has no value: the message is shown to the user. */
export class EvaluationError extends Error {}

/** Makes the error of an operator or a function that has no variant for its arguments. */
export const noSuchOverload = () => new EvaluationError('no such overload');

/** A point of time, in nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A length of time in nanoseconds. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A value that may be absent: `self.?field`. */
export class Optional {
  static readonly none = new Optional(undefined);
  readonly value: Value | undefined;
  private constructor(value: Value | undefined) {
    this.value = value;
  }
  static of(value: Value): Optional {
    return new Optional(value);
  }
}

/** What `type(x)` returns. */
export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Values by keys: of a literal, or an object of JSON. */
export interface MapValue {
  readonly isMap: true;
  readonly size: number;
  /** Undefined if there is no such key. @throws EvaluationError if the value cannot be shown */
  get(key: Value): Value | undefined;
  keys(): readonly Value[];
  /** What the values are made of if it came from JSON; for comparisons only. */
  readonly source?: unknown;
}

/** A value of a type that Kubernetes adds: an address, a quantity. */
export abstract class ForeignValue {
  abstract readonly type: Type;
  abstract equals(other: ForeignValue): boolean;
}

/** Tells whether a value is a map. */
export const isMap = (value: Value): value is MapValue =>
  typeof value === 'object' && value !== null && 'isMap' in value;
/** Tells whether a value is a list. */
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Keys that are equal as numbers are one key. */
function keyOf(key: Value): unknown {
  if (key instanceof UnsignedInt) return key.value;
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key;
}

/** A map that an expression has made. */
export class LiteralMap implements MapValue {
  readonly isMap = true;
  readonly #entries = new Map<unknown, readonly [Value, Value]>();

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }

  keys(): readonly Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }

  /** Takes the place of an entry with this key. */
  put(key: Value, value: Value): void {
    this.#entries.set(keyOf(key), [key, value]);
  }

  /** Returns false, and changes nothing, if the key is there. */
  add(key: Value, value: Value): boolean {
    const identity = keyOf(key);
    if (this.#entries.has(identity)) return false;
    this.#entries.set(identity, [key, value]);
    return true;
  }

  copy(): LiteralMap {
    const copy = new LiteralMap();
    for (const [key, value] of this.#entries.values()) copy.add(key, value);
    return copy;
  }
}

/** The name of a value's type. */
export function typeNameOf(value: Value): string {
  if (value === null) return 'null_type';
  if (isList(value)) return 'list';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof UnsignedInt) return 'uint';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof ForeignValue) return value.type.name;
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return 'map';
  }
}

/** Tells at run time whether a value is what a parameter asks for. */
export function isOfType(value: Value, { kind, name }: Type): boolean {
  switch (kind) {
    case 'dyn':
    case 'parameter':
    case 'error':
      return true;
    case 'list':
      return isList(value);
    case 'map':
      return isMap(value);
    case 'type':
      return value instanceof TypeValue;
    default:
      return typeNameOf(value) === name;
  }
}

/** A key or index as messages show it. */
export function describeValue(value: Value): string {
  if (value instanceof UnsignedInt) return String(value.value);
  if (isList(value)) return `[${value.map(describeValue).join(', ')}]`;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return String(value);
}
