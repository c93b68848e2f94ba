/** Tells what is wrong with one value, in the words of a scenario file rather than in those of zod. */
import { shortened } from '../base/printable.ts';
import type * as z from '../base/zod.ts';
import { knownKeys } from './schema.ts';

// ---- one value at a time

/**
 * Writes a sentence for each problem of a value, with its path.
 * @param content - the whole file: what stands at the path
 */
export function describeIssue(issue: z.core.$ZodIssue, content: unknown): string[] {
  const where = formatPath(issue.path);
  const found = valueAt(content, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(where, found);
      return issue.keys.map(
        key => `${shortened(join(where, key))}: unknown key; known here: ${known.join(', ')}`,
      );
    }
    case 'invalid_type':
      if (found === undefined) return [`${where || 'file'}: is missing`];
      return [`${where || 'file'}: should be ${nameOfType(issue.expected)}, is ${describe(found)}`];
    case 'invalid_value':
      return [
        `${where}: should be ${issue.values.join(' or ')}, is ${found === undefined ? 'missing' : describe(found)}`,
      ];
    case 'too_small':
      return [
        Array.isArray(found)
          ? `${where}: is empty`
          : `${where}: should be more than ${limit(issue.minimum, issue.inclusive)}, is ${describe(found)}`,
      ];
    case 'too_big':
      return [
        Array.isArray(found)
          ? `${where}: has ${found.length} entries; ${issue.maximum} are possible`
          : `${where}: should be less than ${limit(issue.maximum, issue.inclusive, 1)}, is ${describe(found)}`,
      ];
    default:
      return [`${where}: ${issue.message}`];
  }
}

/** Turns an inclusive limit into an exclusive one, so that one sentence fits both. */
const limit = (value: number | bigint, inclusive: boolean | undefined, by = -1): string =>
  inclusive ? String(Number(value) + by) : String(value);

const nameOfType = (expected: string): string =>
  ({
    string: 'a text',
    array: 'a list',
    object: 'a mapping',
    boolean: 'true or false',
    int: 'a whole number',
    number: 'a number',
  })[expected] ?? expected;

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'empty';
  if (value instanceof Date) return 'a date';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `"${shortened(value)}"` : `the ${typeof value} ${String(value)}`;
}

const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : join(text, String(part))),
    '',
  );
const join = (where: string, key: string): string => (where === '' ? key : `${where}.${key}`);
const valueAt = (content: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    content,
  );
