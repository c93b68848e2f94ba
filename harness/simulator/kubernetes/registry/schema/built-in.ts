/**
 * Holds the JSON of built-in kinds against their types: unknown fields, and values that Go could not put into
 * its structs.
 */
import { canonicalQuantity } from '../canonical-quantity.ts';
import { isObject, type JsonObject, setOwn } from '../json.ts';
import { problemOfQuantity } from '../quantity.ts';
import { badRequest } from '../status.ts';
import { hasTypeMeta, isTypeMeta } from './embedded-kinds.ts';
import { problemOfBase64, problemOfTime } from './go-text.ts';
import { type Field, messageFor, messageOf } from './messages.ts';
import { fieldsOf, goType, type StructField } from './struct-fields.ts';
import { isUnion, SCHEMA_MESSAGE, schemasIn } from './unions.ts';
import { zeroScalar } from './zero-scalars.ts';

const goKind = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

/** Where the version does not matter: fields of all versions are known. */
const NEWEST = Number.POSITIVE_INFINITY;

interface Walk {
  /** `spec.servers[0].zzz`, as strict decoding names them. */
  readonly unknown: string[];
  /** Fields of later minor versions are unknown. */
  readonly minor: number;
}

/**
 * Checks an object, drops unknown fields and brings quantities into their canonical form, in place.
 * @param minor - of Kubernetes, 34 for 1.34; fields of all versions are known by default
 * @returns the unknown fields; undefined for a kind whose fields are not described: it is taken as it is
 * @throws ApiError 400 for a value of the wrong type
 */
export function keepBuiltIn(
  apiVersion: string,
  kind: string,
  object: JsonObject,
  minor = NEWEST,
): readonly string[] | undefined {
  const message = messageFor(apiVersion, kind);
  if (!fieldsOf(message)) return undefined;
  const walk: Walk = { unknown: [], minor };
  const version = JSON.stringify(apiVersion.split('/').at(-1));
  try {
    walkMessage(object, message, ROOT, walk);
  } catch (error) {
    if (!(error instanceof WrongType)) throw error;
    throw badRequest(`${kind} in version ${version} cannot be handled as a ${kind}: ${error.message}`);
  }
  return walk.unknown;
}

/**
 * Does the same for a struct within an object of another kind.
 * @param message - its type: `ObjectMeta`
 * @returns the unknown fields, and what could not be read
 */
export function keepStruct(
  object: JsonObject,
  message: string,
): { readonly unknown: readonly string[]; readonly problem: string | undefined } {
  const walk: Walk = { unknown: [], minor: NEWEST };
  try {
    walkMessage(object, message, { path: '', plain: '' }, walk);
    return { unknown: walk.unknown, problem: undefined };
  } catch (error) {
    if (!(error instanceof WrongType)) throw error;
    return { unknown: walk.unknown, problem: error.message };
  }
}

class WrongType extends Error {
  override readonly name = 'WrongType';
}

function wrong(value: unknown, field: StructField, plain: string, type = goType(field)): never {
  throw new WrongType(
    `json: cannot unmarshal ${goKind(value)} into Go struct field ${field.struct}.${plain} of type ${type}`,
  );
}

/** A place in the object. */
interface Place {
  /** With indices, for unknown fields. */
  readonly path: string;
  /** Without, as Go's JSON decoder counts. */
  readonly plain: string;
}

const ROOT: Place = { path: '', plain: '' };

const below = ({ path, plain }: Place, key: string): Place => ({
  path: path === '' ? key : `${path}.${key}`,
  plain: plain === '' ? key : `${plain}.${key}`,
});

/** @returns `apiVersion` and `kind` of a kind within another */
function typeMetaField(key: string, message: string): StructField | undefined {
  if (!isTypeMeta(key) || !hasTypeMeta(message)) return undefined;
  const struct = message.slice(message.lastIndexOf('.') + 1);
  return { name: key, type: 's', shape: 'value', marks: [], since: 0, struct };
}

/** Drops unknown fields, in place. @throws WrongType */
function walkMessage(object: JsonObject, message: string, place: Place, walk: Walk): void {
  const fields = fieldsOf(message);
  if (!fields) return;
  for (const key of Object.keys(object)) {
    if (place === ROOT && isTypeMeta(key)) continue;
    const field = fields.get(key) ?? typeMetaField(key, message);
    const at = below(place, key);
    const value = object[key];
    if (!field || field.since > walk.minor) {
      walk.unknown.push(at.path);
      delete object[key];
    } else if (value !== null && value !== undefined) object[key] = walkField(value, field, at, walk);
  }
}

/** Walks all values of a field. @returns what to keep of them */
function walkField(value: unknown, field: StructField, at: Place, walk: Walk): unknown {
  if (field.shape === 'list') {
    if (!Array.isArray(value)) wrong(value, field, at.plain);
    const list: unknown[] = value;
    for (const [index, element] of list.entries())
      list[index] = walkValue(element ?? zeroOf(field), field, { ...at, path: `${at.path}[${index}]` }, walk);
    return list;
  }
  if (field.shape === 'map') {
    if (!isObject(value)) wrong(value, field, at.plain);
    for (const [entry, content] of Object.entries(value)) {
      const kept = walkValue(content ?? zeroOf(field), field, { ...at, path: `${at.path}.${entry}` }, walk);
      setOwn(value, entry, kept);
    }
    return value;
  }
  return walkValue(value, field, at, walk);
}

/** The first magnitudes that do not fit. (The least numbers of all do; nobody means them.) */
const [INT32_END, INT64_END] = [2 ** 31, 2 ** 63];

const isListOfStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every(element => typeof element === 'string');

/** What Go makes of `null` in a list or map: the zero value of the type (encoding/json, Unmarshal). */
function zeroOf({ type }: Field): unknown {
  if (type === 'y') return '';
  return zeroScalar(type) ?? (messageOf(type) ? {} : null);
}

/** Checks a text that stands for bytes or a time. @throws WrongType */
function checkText(text: string, type: string): void {
  const problem =
    type === 'y'
      ? problemOfBase64(text)
      : type !== 's' && text !== ''
        ? problemOfTime(text, type === 'M')
        : undefined;
  if (problem !== undefined) throw new WrongType(problem);
}

/** @returns the value to keep */
function walkValue(value: unknown, field: StructField, place: Place, walk: Walk): unknown {
  if (value === null) return value; // of a type without a zero value in JSON
  const { plain } = place;
  const single: Field = { ...field, shape: 'value' };
  switch (field.type) {
    case 'R':
      return value;
    case 'X':
      if (!isListOfStrings(value)) wrong(value, field, plain);
      return value;
    case 's':
    case 'y':
    case 'T':
    case 'M':
      if (typeof value !== 'string')
        wrong(value, field, plain, 'TM'.includes(field.type) ? 'string' : goType(single));
      checkText(value, field.type);
      return value;
    case 'b':
      if (typeof value !== 'boolean') wrong(value, field, plain, 'bool');
      return value;
    case 'd':
      if (typeof value !== 'number') wrong(value, field, plain);
      return value;
    case 'i':
    case 'l':
      if (typeof value !== 'number') wrong(value, field, plain, goType(single));
      if (!Number.isInteger(value) || Math.abs(value) >= (field.type === 'l' ? INT64_END : INT32_END)) {
        throw new WrongType(
          `json: cannot unmarshal number ${String(value)} into Go struct field ${field.struct}.${plain} of type ${goType(single)}`,
        );
      }
      return value;
    case 'I':
      if (typeof value !== 'string' && typeof value !== 'number')
        wrong(value, field, plain, 'intstr.IntOrString');
      return value;
    case 'Q':
      return quantityText(value, field.shape === 'map' ? 'milli' : 'nano');
    default:
      if (isUnion(field.type)) return walkUnion(value, field, place, walk);
      if (!isObject(value)) wrong(value, field, plain, goType(single));
      walkMessage(value, field.type, place, walk);
      return value;
  }
}

function walkUnion(value: unknown, field: StructField, place: Place, walk: Walk): unknown {
  const schemas = schemasIn(field.type, value);
  if (!schemas) wrong(value, field, place.plain);
  for (const [index, schema] of schemas.entries()) {
    const path = Array.isArray(value) ? `${place.path}[${index}]` : place.path;
    walkMessage(schema, SCHEMA_MESSAGE, { ...place, path }, walk);
  }
  return value;
}

/**
 * Returns a quantity as the server keeps it, a number too. Only lists of resources are rounded to thousandths
 * (pkg/apis/core/v1/defaults.go, SetDefaults_ResourceList @v1.32).
 * @throws WrongType if it is none
 */
function quantityText(value: unknown, unit: 'nano' | 'milli'): string {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  const problem = problemOfQuantity(text);
  if (problem !== undefined) throw new WrongType(problem);
  return canonicalQuantity(text, unit);
}
