/**
 * Messages in the text format of protobuf, on one line, as Go prints them. Where Go puts one blank or two by
 * chance there is one.
 */
import { parseDuration } from '../../../../base/go-duration.ts';
import { isObject, type Tree } from '../../../../base/untyped.ts';

/** The fields of the messages that are printed, in the order of their files (networking/v1alpha3). */
const FIELDS = [
  ...['regex', 'delay', 'abort', 'percent', 'fixedDelay', 'exponentialDelay', 'httpStatus', 'grpcStatus'],
  ...['http2Error', 'percentage', 'value', 'seconds', 'nanos', 'destinationSubnets', 'port'],
  ...['sourceSubnet', 'sourceLabels', 'gateways', 'sourceNamespace', 'key'],
];
const DURATIONS: ReadonlySet<string> = new Set(['fixedDelay', 'exponentialDelay']);
const MAPS: ReadonlySet<string> = new Set(['sourceLabels']);

/** Prints the fields of a message, without its own name. */
export function protoText(message: Tree): string {
  return Object.entries(message)
    .filter(([, value]) => value !== undefined && value !== null)
    .sort(([a], [b]) => FIELDS.indexOf(a) - FIELDS.indexOf(b))
    .flatMap(([name, value]) => fieldTexts(name, value))
    .join(' ');
}

function fieldTexts(name: string, value: unknown): readonly string[] {
  const own = name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
  if (DURATIONS.has(name)) return [`${own}:{${protoText(durationOf(String(value)))}}`];
  if (MAPS.has(name) && isObject(value))
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, text]) => `${own}:{key:${JSON.stringify(key)} value:${JSON.stringify(text)}}`);
  if (Array.isArray(value)) return value.flatMap(item => fieldTexts(name, item));
  if (isObject(value)) return [`${own}:{${protoText(value)}}`];
  return [`${own}:${typeof value === 'string' ? JSON.stringify(value) : String(value)}`];
}

/** A google.protobuf.Duration of `5s`, `1.5s`, `1m30s`. */
function durationOf(text: string): Tree {
  const ms = parseDuration(text) ?? 0;
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return { ...(seconds !== 0 && { seconds }), ...(nanos !== 0 && { nanos }) };
}
