/**
 * The types of expressions (google/cel-go common/types/types.go @v0.26).
 */

/** What a type is at its core. */
export type TypeKind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'list'
  | 'map'
  | 'struct'
  | 'opaque'
  | 'type'
  | 'parameter';

/** A type; types of one name and kind with the same parameters are the same. */
export interface Type {
  readonly kind: TypeKind;
  readonly name: string;
  readonly parameters: readonly Type[];
  /** Of a struct whose fields are known. */
  readonly fields?: ReadonlyMap<string, Type>;
}

const simple = (kind: TypeKind, name: string = kind): Type => ({ kind, name, parameters: [] });

export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const NULL = simple('null', 'null_type');
export const TIMESTAMP = simple('timestamp', 'google.protobuf.Timestamp');
export const DURATION = simple('duration', 'google.protobuf.Duration');
export const DYN = simple('dyn');
export const ERROR = simple('error');

/** Makes the type of lists of these elements. */
export const listOf = (element: Type): Type => ({ kind: 'list', name: 'list', parameters: [element] });
/** Makes the type of maps with these keys and values. */
export const mapOf = (key: Type, value: Type): Type => ({
  kind: 'map',
  name: 'map',
  parameters: [key, value],
});
/** Makes the type of types, or of one type. */
export const typeOf = (of?: Type): Type => ({ kind: 'type', name: 'type', parameters: of ? [of] : [] });
/** Makes a type that each use of a function decides. */
export const parameterType = (name: string): Type => simple('parameter', name);
export const opaqueType = (name: string, ...parameters: readonly Type[]): Type => ({
  kind: 'opaque',
  name,
  parameters,
});
/** Makes the type of a value that may be missing. */
export const optionalOf = (value: Type): Type => opaqueType('optional_type', value);
export const structType = (name: string, fields?: ReadonlyMap<string, Type>): Type => ({
  kind: 'struct',
  name,
  parameters: [],
  ...(fields && { fields }),
});

export const isOptional = ({ kind, name }: Type) => kind === 'opaque' && name === 'optional_type';

/** The parameter at an index; dyn if the type was made without. */
export const parameterOf = (type: Type, index: number): Type => type.parameters[index] ?? DYN;

/** Tells whether two types are the same, down to their parameters. */
export function isSameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.parameters.length === b.parameters.length &&
    a.parameters.every((parameter, index) => isSameType(parameter, parameterOf(b, index)))
  );
}

/** Names that types have in messages, where they differ (checker/format.go). */
const SHOWN: Partial<Record<TypeKind, string>> = {
  null: 'null',
  timestamp: 'timestamp',
  duration: 'duration',
  error: '!error!',
};

/** A type as messages show it: `list(string)`. */
export function describeType(type: Type): string {
  const shown = SHOWN[type.kind] ?? type.name;
  return type.parameters.length === 0 ? shown : `${shown}(${type.parameters.map(describeType).join(', ')})`;
}
