/** kubectl's JSONPath templates: text with `{.path}` in it. Kubernetes: client-go util/jsonpath/jsonpath.go. */
import { isObject } from '../../../base/untyped.ts';
import { goJson } from './go-syntax.ts';
import { JsonPathError } from './jsonpath-error.ts';
import { parseTemplate, relax } from './jsonpath-syntax.ts';
import type { Node, Operand, Slice, Step } from './jsonpath-tree.ts';

/** A template that was read, ready for any object. */
export interface JsonPathTemplate {
  /** @throws JsonPathError unless `allowMissing` is set and the only trouble is a key that is not there */
  render(object: unknown): string;
  /** Returns the values that the first path finds. */
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

const sortedValues = (object: Record<string, unknown>) =>
  Object.keys(object)
    .sort()
    .map(key => object[key]);
const descendants = (value: unknown): unknown[] => {
  const inner = Array.isArray(value) ? value : isObject(value) ? sortedValues(value) : [];
  return inner.flatMap(item => [item, ...descendants(item)]);
};

/** Prints a string as it is, anything else as JSON. */
const printed = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : goJson(value);
