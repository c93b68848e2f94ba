/** kubectl's JSONPath templates: text with `{.path}` in it. Kubernetes: client-go util/jsonpath. */
import { goJson } from './go-syntax.ts';

/** A template that can not be read or evaluated; the message is client-go's. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'every' }
  | { readonly kind: 'deep' }
  | { readonly kind: 'union'; readonly parts: readonly Slice[] }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | {
      readonly kind: 'filter';
      readonly left: Operand;
      readonly operator: string;
      readonly right: Operand | undefined;
    };
interface Slice {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly step: number;
  readonly single: boolean;
}
type Operand =
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'value'; readonly value: unknown };
type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly fromRoot: boolean; readonly steps: readonly Step[] }
  | {
      readonly kind: 'range';
      readonly fromRoot: boolean;
      readonly steps: readonly Step[];
      readonly body: readonly Node[];
    };

/** A template that was read, ready for any object. */
export interface JsonPathTemplate {
  /** @throws JsonPathError unless `allowMissing` is set and the only trouble is a key that is not there */
  render(object: unknown): string;
  /** The values that the first path finds. */
  find(object: unknown): readonly unknown[];
}

/**
 * Reads a template. `.a.b`, `$.a.b` and `a.b` without braces are accepted, as kubectl does on its command
 * line (`RelaxedJSONPathExpression`).
 * @param allowMissing - a missing key yields nothing instead of an error; kubectl get has it so
 * @throws JsonPathError
 */
export function parseJsonPath(template: string, allowMissing = true): JsonPathTemplate {
  const nodes = parseTemplate(relax(template));
  const evaluator = new Evaluator(allowMissing);
  return {
    render: object => evaluator.render(nodes, object, object),
    find: object => {
      const path = nodes.find(node => node.kind === 'path');
      return path?.kind === 'path' ? evaluator.walk(path.steps, [object], object) : [];
    },
  };
}

function relax(template: string): string {
  if (template.includes('{')) return template;
  const bare = template.replace(/^\$/, '');
  return `{${bare.startsWith('.') || bare.startsWith('[') ? bare : `.${bare}`}}`;
}

function parseTemplate(template: string): Node[] {
  const stack: { nodes: Node[]; range?: { fromRoot: boolean; steps: readonly Step[] } }[] = [{ nodes: [] }];
  const add = (node: Node) => stack.at(-1)?.nodes.push(node);
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open < 0 || open > at) add({ kind: 'text', text: template.slice(at, open < 0 ? undefined : open) });
    if (open < 0) break;
    const close = closingBrace(template, open);
    const action = template.slice(open + 1, close).trim();
    at = close + 1;
    if (action === 'end') {
      const done = stack.length > 1 ? stack.pop() : undefined;
      if (!done?.range) throw new JsonPathError('not in range, nothing to end');
      add({ kind: 'range', ...done.range, body: done.nodes });
    } else if (/^range\b/.test(action)) {
      stack.push({ nodes: [], range: parsePath(action.slice('range'.length).trim()) });
    } else {
      for (const word of words(action)) {
        const quoted = /^(["'])([\s\S]*)\1$/.exec(word);
        if (quoted) add({ kind: 'text', text: unquote(quoted[2] ?? '') });
        else add({ kind: 'path', ...parsePath(word) });
      }
    }
  }
  if (stack.length > 1) throw new JsonPathError('unterminated range');
  return stack[0]?.nodes ?? [];
}

/** Quotes and brackets may hold braces. */
function closingBrace(text: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quote) {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return at;
  }
  throw new JsonPathError('unclosed action');
}

/** Splits an action at blanks, outside of quotes and brackets. */
function words(action: string): string[] {
  return action.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\[[^\]]*\]|\([^)]*\)|\\.|[^\s"'[(])+/g) ?? [];
}

const unquote = (text: string) =>
  text.replace(/\\(.)/g, (_match, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter);

function parsePath(text: string): { fromRoot: boolean; steps: readonly Step[] } {
  const fromRoot = text.startsWith('$');
  const steps: Step[] = [];
  let rest = text.replace(/^[$@]/, '');
  const take = (pattern: RegExp) => {
    const match = pattern.exec(rest);
    if (match) rest = rest.slice(match[0].length);
    return match;
  };
  while (rest !== '') {
    if (take(/^\.\.(?=[^.])/)) {
      steps.push({ kind: 'deep' });
      if (!/^[[*]/.test(rest)) rest = `.${rest}`;
      continue;
    }
    if (take(/^\.?\*/)) {
      steps.push({ kind: 'every' });
      continue;
    }
    if (take(/^\[\?\(/)) {
      const close = rest.indexOf(')]');
      if (close < 0) throw new JsonPathError('unterminated filter');
      steps.push(parseFilter(rest.slice(0, close)));
      rest = rest.slice(close + 2);
      continue;
    }
    const bracket = take(/^\[([^\]]*)\]/);
    if (bracket) {
      steps.push(parseBracket(bracket[1] ?? ''));
      continue;
    }
    const field = take(/^\.?((?:\\.|[^.[\\\s{}])+)/);
    if (field) {
      steps.push({ kind: 'field', name: unquote(field[1] ?? '') });
      continue;
    }
    if (take(/^\.$/)) continue;
    throw new JsonPathError(`unrecognized character in action: ${rest[0] ?? ''}`);
  }
  return { fromRoot, steps };
}

function parseBracket(text: string): Step {
  const inner = text.trim();
  if (inner === '*') return { kind: 'every' };
  const parts = inner.split(',').map(part => part.trim());
  if (parts.every(part => /^(["']).*\1$/.test(part))) {
    return { kind: 'names', names: parts.map(part => unquote(part.slice(1, -1))) };
  }
  return {
    kind: 'union',
    parts: parts.map(part => {
      const slice = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/.exec(part);
      if (!slice || part === '') throw new JsonPathError(`invalid array index ${part}`);
      const number = (value: string | undefined) => (value ? Number(value) : undefined);
      return {
        from: number(slice[1]),
        to: number(slice[2]),
        step: number(slice[3]) ?? 1,
        single: slice[2] === undefined,
      };
    }),
  };
}

function parseFilter(text: string): Step {
  const match = /^(.+?)\s*(==|!=|>=|<=|>|<)\s*(.+)$/.exec(text.trim());
  if (!match) return { kind: 'filter', left: parseOperand(text), operator: 'exists', right: undefined };
  return {
    kind: 'filter',
    left: parseOperand(match[1] ?? ''),
    operator: match[2] ?? '',
    right: parseOperand(match[3] ?? ''),
  };
}

function parseOperand(text: string): Operand {
  const word = text.trim();
  const quoted = /^(["'])([\s\S]*)\1$/.exec(word);
  if (quoted) return { kind: 'value', value: unquote(quoted[2] ?? '') };
  if (/^-?\d+(\.\d+)?$/.test(word)) return { kind: 'value', value: Number(word) };
  if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' };
  return { kind: 'path', steps: parsePath(word).steps };
}

class Evaluator {
  readonly #allowMissing: boolean;
  constructor(allowMissing: boolean) {
    this.#allowMissing = allowMissing;
  }

  render(nodes: readonly Node[], current: unknown, root: unknown): string {
    return nodes
      .map(node => {
        if (node.kind === 'text') return node.text;
        const found = this.walk(node.steps, [node.fromRoot ? root : current], root);
        if (node.kind === 'path') return found.map(printed).join(' ');
        return found.map(item => this.render(node.body, item, root)).join('');
      })
      .join('');
  }

  walk(steps: readonly Step[], start: readonly unknown[], root: unknown): readonly unknown[] {
    return steps.reduce<readonly unknown[]>(
      (values, step) => values.flatMap(value => this.#step(step, value, root)),
      start,
    );
  }

  #step(step: Step, value: unknown, root: unknown): readonly unknown[] {
    switch (step.kind) {
      case 'field':
        return this.#field(value, step.name);
      case 'names':
        return step.names.flatMap(name => this.#field(value, name));
      case 'every':
        return Array.isArray(value) ? value : isObject(value) ? sortedValues(value) : [];
      case 'deep':
        return [value, ...descendants(value)];
      case 'union': {
        if (value === undefined || value === null)
          return this.#missing(`${String(value)} is not array or slice`);
        if (!Array.isArray(value)) throw new JsonPathError(`${printed(value)} is not array or slice`);
        return step.parts.flatMap(part => slice(value, part));
      }
      case 'filter': {
        if (!Array.isArray(value))
          return isObject(value) ? this.#filter(step, sortedValues(value), root) : [];
        return this.#filter(step, value, root);
      }
    }
  }

  #field(value: unknown, name: string): readonly unknown[] {
    // A key is looked for in objects only; lists yield nothing (findFieldInValue and evalField of client-go).
    if (isObject(value) && Object.hasOwn(value, name)) return [value[name]];
    if (Array.isArray(value)) return [];
    return this.#missing(`${name} is not found`);
  }

  #missing(message: string): readonly unknown[] {
    if (this.#allowMissing) return [];
    throw new JsonPathError(message);
  }

  #filter(
    step: Extract<Step, { kind: 'filter' }>,
    items: readonly unknown[],
    root: unknown,
  ): readonly unknown[] {
    const evaluate = (operand: Operand, item: unknown) =>
      operand.kind === 'value' ? [operand.value] : new Evaluator(true).walk(operand.steps, [item], root);
    return items.filter(item => {
      const left = evaluate(step.left, item);
      if (step.operator === 'exists') return left.length > 0;
      const right = step.right ? evaluate(step.right, item) : [];
      if (left.length === 0 || right.length === 0) return false;
      return compare(left[0], step.operator, right[0]);
    });
  }
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return printed(left) === printed(right);
  if (operator === '!=') return printed(left) !== printed(right);
  const [a, b] =
    typeof left === 'number' && typeof right === 'number' ? [left, right] : [printed(left), printed(right)];
  if (operator === '>') return a > b;
  if (operator === '<') return a < b;
  return operator === '>=' ? a >= b : a <= b;
}

function slice(list: readonly unknown[], { from, to, step, single }: Slice): readonly unknown[] {
  const length = list.length;
  if (single) {
    const index = from ?? 0;
    const at = index < 0 ? index + length : index;
    if (at < 0 || at >= length) {
      throw new JsonPathError(`array index out of bounds: index ${index}, length ${length}`);
    }
    return [list[at]];
  }
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  return list
    .slice(clamp(from ?? 0), clamp(to ?? length))
    .filter((_item, index) => index % Math.max(step, 1) === 0);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const sortedValues = (object: Record<string, unknown>) =>
  Object.keys(object)
    .sort()
    .map(key => object[key]);
const descendants = (value: unknown): unknown[] => {
  const inner = Array.isArray(value) ? value : isObject(value) ? sortedValues(value) : [];
  return inner.flatMap(item => [item, ...descendants(item)]);
};

/** A string as it is, anything else as JSON. */
const printed = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : goJson(value);
