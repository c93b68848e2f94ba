/**
 * Declares functions by their signatures, as `.startsWith(string, string): bool`. A leading dot makes the
 * first argument the one before the dot of a call.
 */
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaqueType,
  optionalOf,
  parameterOf,
  parameterType,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
  typeOf,
  UINT,
} from '../check/types.ts';
import type { Value } from '../run/values.ts';

/** What a function does; the one before the dot comes first. @throws EvaluationError */
type Implementation = (...args: readonly never[]) => Value;

/** One way to call a function. */
export interface Overload {
  /** As cel-go and Kubernetes call it: costs are told by it. */
  readonly id: string;
  readonly isMember: boolean;
  readonly parameters: readonly Type[];
  readonly result: Type;
  /** Names of the parameters that its types have. */
  readonly typeParameters: readonly string[];
  readonly run: (...args: readonly Value[]) => Value;
}

/** Functions by name, each with its overloads in the order in which they are tried. */
export type Functions = ReadonlyMap<string, readonly Overload[]>;

const NAMED: Readonly<Record<string, Type>> = {
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  null: NULL,
  timestamp: TIMESTAMP,
  duration: DURATION,
  dyn: DYN,
  type: typeOf(),
  'net.IP': opaqueType('net.IP'),
  'net.CIDR': opaqueType('net.CIDR'),
};

/** Splits at the commas that stand in no angle brackets. */
function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at] ?? ',';
    if (character === '<') depth++;
    else if (character === '>') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts.filter(part => part !== '');
}

/** Reads a type: a single capital letter is a parameter. */
function readType(text: string): Type {
  const generic = /^(\w+)<(.*)>$/.exec(text);
  if (!generic) return NAMED[text] ?? (/^[A-Z]$/.test(text) ? parameterType(text) : structType(text));
  const parts = splitTypes(generic[2] ?? '').map(readType);
  const [first = DYN, second = DYN] = parts;
  switch (generic[1]) {
    case 'list':
      return listOf(first);
    case 'map':
      return mapOf(first, second);
    case 'optional':
      return optionalOf(first);
    case 'type':
      return typeOf(first);
    default:
      throw new RangeError(`no such generic type: ${text}`);
  }
}

function parametersIn(type: Type): string[] {
  if (type.kind === 'parameter') return [type.name];
  return type.parameters.flatMap((_, index) => parametersIn(parameterOf(type, index)));
}

/** Collects functions; a name may be declared more than once. */
export class Library {
  readonly #functions = new Map<string, Overload[]>();

  /**
   * @param id - of the overload
   * @param signature - as `.contains(string, string): bool`
   */
  declare(id: string, signature: string, run: Implementation): this {
    const parts = /^(\.?)([^(]+)\((.*)\): (.+)$/.exec(signature);
    if (!parts) throw new RangeError(`not a signature: ${signature}`);
    const [, dot, name = '', list = '', result = ''] = parts;
    const parameters = splitTypes(list).map(readType);
    const resultType = readType(result);
    const overloads = this.#functions.get(name) ?? [];
    overloads.push({
      id,
      isMember: dot === '.',
      parameters,
      result: resultType,
      typeParameters: [...new Set([...parameters, resultType].flatMap(parametersIn))],
      // The types of a call are checked against the signature before it is made.
      run: run as Overload['run'],
    });
    this.#functions.set(name, overloads);
    return this;
  }

  get functions(): Functions {
    return this.#functions;
  }
}
