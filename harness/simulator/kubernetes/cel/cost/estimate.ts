/**
 * Estimates what the evaluation of an expression costs at most, by the limits that schemas set
 * (google/cel-go checker/cost.go @v0.26, apiextensions-apiserver
 * pkg/apiserver/schema/cel/compilation.go @v1.34).
 */
import { DYN } from '../check/types.ts';
import type { SizedType } from '../schema-type.ts';
import {
  ACCUMULATOR,
  type CallExpression,
  type Expression,
  type FoldExpression,
  type MapExpression,
} from '../syntax/expression.ts';
import { type CallEstimate, type CostNode, eitherSize, estimateCall } from './call-costs.ts';
import { isScalar, type Path, sizeByPath, sizeOfLiteral } from './known-sizes.ts';
import { fixed, product, type Range, sum, UNBOUNDED, UNKNOWN, union, ZERO } from './range.ts';

/** Sizes of the keys and values of a list or map. */
interface EntrySize {
  readonly kind: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

interface LocalVariable {
  readonly path: Path;
  readonly size: Range | undefined;
  readonly entry: EntrySize | undefined;
}

const SELECT = fixed(1);

class CostEstimator {
  readonly #root: SizedType;
  readonly #paths = new Map<Expression, Path>();
  readonly #sizes = new Map<Expression, Range>();
  readonly #entries = new Map<Expression, EntrySize>();
  readonly #locals = new Map<string, LocalVariable[]>();

  constructor(root: SizedType) {
    this.#root = root;
  }

  cost(expression: Expression): Range {
    switch (expression.kind) {
      case 'constant':
        return ZERO;
      case 'name':
        this.#paths.set(expression, this.#local(expression.name)?.path ?? [expression.name]);
        return SELECT;
      case 'select': {
        const { operand, field, isTest } = expression;
        const cost = this.cost(operand);
        if (isTest) return cost;
        this.#paths.set(expression, [...this.#path(operand), field]);
        const { kind } = operand.type ?? DYN;
        return kind === 'map' || kind === 'struct' ? sum(cost, SELECT) : cost;
      }
      case 'call':
        return this.#call(expression);
      case 'list': {
        const costs = expression.elements.map(({ value }) => this.cost(value));
        const value = this.#unionOfSizes(expression.elements.map(element => element.value));
        this.#entries.set(expression, { kind: 'list', key: fixed(1), value });
        return sum(...costs, fixed(10));
      }
      case 'map':
        return this.#map(expression);
      case 'struct':
        return sum(...expression.fields.map(({ value }) => this.cost(value)), fixed(40));
      default:
        return this.#fold(expression);
    }
  }

  #unionOfSizes(expressions: readonly Expression[]): Range {
    if (expressions.length === 0) return ZERO;
    return expressions.map(part => this.#size(part) ?? UNKNOWN).reduce(union, { min: UNBOUNDED, max: 0 });
  }

  #map(expression: MapExpression): Range {
    const { entries } = expression;
    const costs = entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
    this.#entries.set(expression, {
      kind: 'map',
      key: this.#unionOfSizes(entries.map(({ key }) => key)),
      value: this.#unionOfSizes(entries.map(({ value }) => value)),
    });
    return sum(...costs, fixed(30));
  }

  #local(name: string): LocalVariable | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #push(name: string, variable: LocalVariable): void {
    const stack = this.#locals.get(name) ?? [];
    stack.push(variable);
    this.#locals.set(name, stack);
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop();
  }

  #path(expression: Expression): Path {
    const local = expression.kind === 'name' ? this.#local(expression.name) : undefined;
    return local?.path ?? this.#paths.get(expression) ?? [];
  }

  #size(expression: Expression): Range | undefined {
    const known = this.#sizes.get(expression) ?? sizeOfLiteral(expression);
    if (known) return known;
    const bySchema = sizeByPath(this.#root, this.#path(expression));
    if (bySchema) {
      this.#sizes.set(expression, bySchema);
      return bySchema;
    }
    if (isScalar(expression.type ?? DYN)) return fixed(1);
    return expression.kind === 'name' ? this.#local(expression.name)?.size : undefined;
  }

  #entry(expression: Expression): EntrySize | undefined {
    const known = this.#entries.get(expression);
    if (known) return known;
    return expression.kind === 'name' ? this.#local(expression.name)?.entry : undefined;
  }

  #node(expression: Expression): CostNode {
    const whole = this.#path(expression);
    const path = whole[0] === ACCUMULATOR ? [] : whole;
    return {
      type: expression.type ?? DYN,
      expression,
      size: this.#size(expression),
      elementSize: () => (path.length === 0 ? undefined : sizeByPath(this.#root, [...path, '@items'])),
    };
  }

  #call(expression: CallExpression): Range {
    const { name, args, isNamespaced } = expression;
    const [first] = args;
    const costs = args.map(arg => this.cost(arg));
    if (name === 'dyn' && first && !expression.target) {
      this.#copySizes(expression, first);
      return sum(fixed(1), ...costs);
    }
    const target = isNamespaced ? undefined : expression.target;
    const targetCost = target ? this.cost(target) : ZERO;
    let cost: Range = { min: UNBOUNDED, max: 0 };
    let size: Range | undefined;
    for (const { id } of expression.overloads ?? []) {
      const estimate = this.#overload(expression, id, costs, target);
      cost = union(cost, estimate.cost);
      if (estimate.size) size = size ? union(size, estimate.size) : estimate.size;
      if (first && (id === 'index_list' || id === 'index_map')) {
        size = this.#entry(first)?.value;
        this.#paths.set(expression, [...this.#path(first), id === 'index_list' ? '@items' : '@values']);
      }
      size ??= this.#size(expression);
    }
    if (size) this.#sizes.set(expression, size);
    return expression.overloads?.length ? sum(targetCost, cost) : ZERO;
  }

  /** Operators that do not evaluate all of their arguments are estimated here. */
  #overload(
    expression: CallExpression,
    id: string,
    costs: readonly Range[],
    target: Expression | undefined,
  ): CallEstimate {
    const { args } = expression;
    const [first, second = ZERO, third = ZERO] = costs;
    if (first && (id === 'logical_and' || id === 'logical_or'))
      return { cost: { min: first.min, max: sum(first, second).max } };
    const [, whenTrue, whenFalse] = args;
    if (first && id === 'conditional' && whenTrue && whenFalse) {
      const [a, b] = [this.#entry(whenTrue), this.#entry(whenFalse)];
      if (a && b) this.#entries.set(expression, joinEntries(a, b));
      const size = eitherSize(this.#size(whenTrue), this.#size(whenFalse));
      return { cost: sum(first, union(second, third)), size };
    }
    if (id === 'add_list' && args[0] && args[1]) {
      const [a, b] = [this.#entry(args[0]), this.#entry(args[1])];
      if (a && b) this.#entries.set(expression, joinEntries(a, b));
    }
    const prefix = expression.isNamespaced ? qualifier(expression.target) : '';
    const { cost, size } = estimateCall(`${prefix}${expression.name}`, {
      overload: id,
      target: target && this.#node(target),
      args: args.map(arg => this.#node(arg)),
    });
    return { cost: sum(cost, ...costs), ...(size && { size }) };
  }

  #copySizes(to: Expression, from: Expression): void {
    const [size, entry] = [this.#size(from), this.#entry(from)];
    if (size) this.#sizes.set(to, size);
    if (entry) this.#entries.set(to, entry);
  }

  #pushAccumulator({ accumulator, initial }: FoldExpression): void {
    this.#push(accumulator, {
      path: this.#path(initial),
      size: this.#size(initial),
      entry: this.#entry(initial),
    });
  }

  #pushLoopVariable(name: string, range: Expression, isValue: boolean): void {
    const entry = this.#entry(range);
    const kind = entry?.kind ?? range.type?.kind;
    const step = kind === 'list' ? (isValue ? '@items' : '@indices') : isValue ? '@values' : '@keys';
    const size = isValue ? entry?.value : entry?.key;
    this.#push(name, { path: [...this.#path(range), step], size, entry: undefined });
  }

  #fold(expression: FoldExpression): Range {
    const { range, accumulator, initial, variable, secondVariable, condition, step, result } = expression;
    const costs = [this.cost(range), this.cost(initial)];
    this.#pushAccumulator(expression);
    if (isBinding(expression)) {
      costs.push(this.cost(result));
      this.#pop(accumulator);
      this.#copySizes(expression, result);
      return sum(...costs);
    }
    const kind = this.#entry(range)?.kind ?? range.type?.kind;
    this.#pushLoopVariable(variable, range, secondVariable === undefined && kind === 'list');
    if (secondVariable !== undefined) this.#pushLoopVariable(secondVariable, range, true);
    const turn = sum(this.cost(condition), this.cost(step));
    this.#pop(variable);
    if (secondVariable !== undefined) this.#pop(secondVariable);
    costs.push(this.cost(result));
    this.#pop(accumulator);
    const turns = this.#size(range) ?? UNKNOWN;
    this.#setResultSize(expression, turns);
    return sum(...costs, product(turns, turn));
  }

  #setResultSize(expression: FoldExpression, turns: Range): void {
    const { initial, step } = expression;
    const size = initial.kind === 'constant' ? this.#size(initial) : turns;
    if (size && (initial.kind === 'constant' || initial.kind === 'list' || initial.kind === 'map'))
      this.#sizes.set(expression, size);
    const entry = initial.kind === 'constant' ? undefined : this.#entry(step);
    if (entry) this.#entries.set(expression, entry);
  }
}

function qualifier(target: Expression | undefined): string {
  return target?.kind === 'name' ? `${target.name}.` : '';
}

const joinEntries = (a: EntrySize, b: EntrySize): EntrySize => ({
  kind: a.kind,
  key: union(a.key, b.key),
  value: union(a.value, b.value),
});

/** What `optMap` makes: a name for a value, no loop. */
const isBinding = ({ range, condition, accumulator }: FoldExpression) =>
  range.kind === 'list' &&
  range.elements.length === 0 &&
  condition.kind === 'constant' &&
  condition.value === false &&
  accumulator !== ACCUMULATOR;

/**
 * Estimates a checked expression.
 * @param root - the type of `self`
 * @returns the most that it can cost, in the server's units
 */
export function estimateCost(expression: Expression, root: SizedType): number {
  return new CostEstimator(root).cost(expression).max;
}
