/** Conversions between types (google/cel-go common/stdlib/standard.go and common/types @v0.26). */

import { shortNumber } from '../run/numbers.ts';
import { describeDuration, describeTimestamp, durationOf, secondsOf, timestampOf } from '../run/time.ts';
import { UnsignedInt } from '../run/unsigned-int.ts';
import {
  Duration,
  EvaluationError,
  type Timestamp,
  TypeValue,
  typeNameOf,
  type Value,
} from '../run/values.ts';
import type { Library } from './declare.ts';
import { asInt, asTimestamp, asUint } from './operators.ts';

function failed(value: Value, to: string): never {
  throw new EvaluationError(`type conversion error from '${typeNameOf(value)}' to '${to}'`);
}

function intOfText(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) return failed(text, 'int');
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? value : failed(text, 'int');
}

function uintOfText(text: string): UnsignedInt {
  if (!/^\d+$/.test(text)) return failed(text, 'uint');
  const value = BigInt(text);
  return BigInt.asUintN(64, value) === value ? new UnsignedInt(value) : failed(text, 'uint');
}

function whole(value: number): bigint {
  if (!Number.isFinite(value)) throw new EvaluationError('integer overflow');
  return BigInt(Math.trunc(value));
}

/** The texts that Go's strconv.ParseBool takes. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map(text => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map(text => [text, false] as const),
]);

function doubleOfText(text: string): number {
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : failed(text, 'double');
}

function textOfBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new EvaluationError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const same = (value: Value) => value;
const DURATION = 'google.protobuf.Duration';
const TIMESTAMP = 'google.protobuf.Timestamp';

function declareNumbers(library: Library): void {
  library
    .declare('double_to_double', 'double(double): double', same)
    .declare('int64_to_double', 'double(int): double', (value: bigint) => Number(value))
    .declare('string_to_double', 'double(string): double', doubleOfText)
    .declare('uint64_to_double', 'double(uint): double', ({ value }: UnsignedInt) => Number(value))
    .declare('int64_to_int64', 'int(int): int', same)
    .declare('double_to_int64', 'int(double): int', (value: number) => asInt(whole(value)))
    .declare('duration_to_int64', 'int(duration): int', ({ nanos }: Duration) => nanos)
    .declare('string_to_int64', 'int(string): int', intOfText)
    .declare('timestamp_to_int64', 'int(timestamp): int', secondsOf)
    .declare('uint64_to_int64', 'int(uint): int', ({ value }: UnsignedInt) => asInt(value))
    .declare('uint64_to_uint64', 'uint(uint): uint', same)
    .declare('double_to_uint64', 'uint(double): uint', (value: number) => asUint(whole(value)))
    .declare('int64_to_uint64', 'uint(int): uint', asUint)
    .declare('string_to_uint64', 'uint(string): uint', uintOfText);
}

/** Declares the conversions. */
export function declareConversions(library: Library): void {
  declareNumbers(library);
  library
    .declare('type', 'type(A): type<A>', (value: Value) => new TypeValue(typeNameOf(value)))
    .declare('bool_to_bool', 'bool(bool): bool', same)
    .declare(
      'string_to_bool',
      'bool(string): bool',
      (text: string) => BOOLEANS.get(text) ?? failed(text, 'bool'),
    )
    .declare('bytes_to_bytes', 'bytes(bytes): bytes', same)
    .declare('string_to_bytes', 'bytes(string): bytes', (text: string) => new TextEncoder().encode(text))
    .declare('duration_to_duration', 'duration(duration): duration', same)
    .declare('int64_to_duration', 'duration(int): duration', (nanos: bigint) => new Duration(nanos))
    .declare(
      'string_to_duration',
      'duration(string): duration',
      (text: string) => durationOf(text) ?? failed(text, DURATION),
    )
    .declare('to_dyn', 'dyn(A): dyn', same)
    .declare('string_to_string', 'string(string): string', same)
    .declare('bool_to_string', 'string(bool): string', String)
    .declare('bytes_to_string', 'string(bytes): string', textOfBytes)
    .declare('double_to_string', 'string(double): string', shortNumber)
    .declare('duration_to_string', 'string(duration): string', describeDuration)
    .declare('int64_to_string', 'string(int): string', String)
    .declare('timestamp_to_string', 'string(timestamp): string', describeTimestamp)
    .declare('uint64_to_string', 'string(uint): string', ({ value }: UnsignedInt) => String(value))
    .declare('timestamp_to_timestamp', 'timestamp(timestamp): timestamp', same)
    .declare(
      'int64_to_timestamp',
      'timestamp(int): timestamp',
      (seconds: bigint): Timestamp => asTimestamp(seconds * 1_000_000_000n),
    )
    .declare(
      'string_to_timestamp',
      'timestamp(string): timestamp',
      (text: string) => timestampOf(text) ?? failed(text, TIMESTAMP),
    );
}
