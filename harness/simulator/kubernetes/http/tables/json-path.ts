/**
 * The part of JSONPath that printer columns use: fields, quoted fields, indices, slices, and filters
 * (client-go util/jsonpath @v1.34).
 */
import { isObject, listOf } from '../../registry/json.ts';

/** Makes the next values out of those found so far. */
type Step = (values: readonly unknown[]) => readonly unknown[];

/** `..a`, `.a`, `.*`, `['a']`, `[0]`, `[1:3]`, `[*]`, `[?(@.type=="Ready")]`. */
const STEP =
  /(\.?)\.(\*|(?:[^.[\]\\'"]|\\.)+)|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]|\[(-?\d*(?::-?\d*){0,2}|\*)\]|\[\?\((.*?)\)\]/y;
/** `@.a`, or `@.a == 'b'`. */
const FILTER = /^\s*@(\S*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.*?)\s*)?$/;

const known = new Map<string, readonly Step[] | undefined>();

/** Finds the first value at the path; undefined for none, and for a path that cannot be read. */
export function readPath(object: unknown, path: string): unknown {
  let values: readonly unknown[] = [object];
  for (const step of stepsOf(path) ?? [() => []]) values = step(values).filter(value => value !== undefined);
  return values[0];
}

function stepsOf(path: string): readonly Step[] | undefined {
  if (!known.has(path)) known.set(path, parse(path));
  return known.get(path);
}

function parse(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const pattern = new RegExp(STEP);
  let end = 0;
  while (end < path.length) {
    pattern.lastIndex = end;
    const match = pattern.exec(path);
    if (!match) return undefined;
    end = pattern.lastIndex;
    const [, deep = '', field, single, double, index, filter] = match;
    const name = field ?? single ?? double;
    if (deep !== '') steps.push(values => values.flatMap(everything));
    if (name !== undefined) steps.push(name === '*' ? contents : named(name.replace(/\\(.)/g, '$1')));
    else if (index !== undefined) steps.push(index === '*' ? contents : sliced(index));
    else if (filter !== undefined) steps.push(filtered(filter));
  }
  return steps;
}

const contents: Step = values =>
  values.flatMap(value => (isObject(value) ? Object.values(value) : listOf(value)));

const named =
  (key: string): Step =>
  values =>
    values.filter(isObject).map(value => (Object.hasOwn(value, key) ? value[key] : undefined));

/** A value, and all that is inside it. */
function everything(value: unknown): unknown[] {
  return [value, ...contents([value]).flatMap(everything)];
}

function sliced(text: string): Step {
  const [from = '', to, stride = '1'] = text.split(':');
  if (to === undefined) return values => values.map(value => listOf(value).at(Number(from)));
  return values =>
    values.flatMap(value => {
      const part = listOf(value).slice(Number(from || 0), to === '' ? undefined : Number(to));
      return part.filter((_entry, index) => index % Number(stride || 1) === 0);
    });
}

function filtered(text: string): Step {
  const [, path = '', operator, literal = ''] = FILTER.exec(text) ?? [];
  const wanted = /^(['"]).*\1$/.test(literal) ? literal.slice(1, -1) : literal;
  const holds = (element: unknown): boolean => {
    const found = readPath(element, path);
    if (operator === undefined) return found !== undefined;
    return found !== undefined && compare(found, operator, wanted);
  };
  return values => values.flatMap(listOf).filter(holds);
}

function compare(found: unknown, operator: string, wanted: string): boolean {
  const [a, b] = typeof found === 'number' ? [found, Number(wanted)] : [String(found), wanted];
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    default:
      return a >= b;
  }
}
