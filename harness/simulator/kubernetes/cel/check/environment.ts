/** What an expression may name: variables, types, functions. */
import type { Functions } from '../functions/declare.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  mapOf,
  NULL,
  opaqueType,
  parameterType,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
  typeOf,
  UINT,
} from './types.ts';

/** The types that have names in expressions: `type(x) == int`. */
const TYPE_NAMES: readonly Type[] = [
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  INT,
  listOf(parameterType('A')),
  mapOf(parameterType('A'), parameterType('B')),
  NULL,
  STRING,
  TIMESTAMP,
  UINT,
  { kind: 'type', name: 'type', parameters: [] },
  opaqueType('optional_type', parameterType('V')),
  opaqueType('net.IP'),
  opaqueType('net.CIDR'),
  structType('kubernetes.Quantity'),
  structType('kubernetes.URL'),
  structType('kubernetes.Semver'),
  structType('kubernetes.NamedFormat'),
];

/** Types that expressions name, with the types of those names. */
export const NAMED_TYPES: ReadonlyMap<string, Type> = new Map(
  TYPE_NAMES.map(type => [type.name, typeOf(type)]),
);

export interface Environment {
  readonly functions: Functions;
  readonly variables: ReadonlyMap<string, Type>;
}

/** Names of a loop are in a scope of their own, which hides outer ones. */
export class Scope {
  readonly #names: ReadonlyMap<string, Type>;
  readonly #outer: Scope | undefined;

  constructor(names: ReadonlyMap<string, Type>, outer?: Scope) {
    this.#names = names;
    this.#outer = outer;
  }

  /** A leading dot means the outermost scope; there is no package, so it changes nothing else. */
  find(name: string): Type | undefined {
    const plain = name.startsWith('.') ? name.slice(1) : name;
    return this.#names.get(plain) ?? (this.#outer ? this.#outer.find(plain) : NAMED_TYPES.get(plain));
  }
}
