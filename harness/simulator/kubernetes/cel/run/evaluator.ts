/**
 * Turns an expression into a function (google/cel-go interpreter/planner.go and interpretable.go @v0.26).
 */
import { NAMED_TYPES } from '../check/environment.ts';
import { parameterOf } from '../check/types.ts';
import type { Overload } from '../functions/declare.ts';
import type {
  CallExpression,
  Expression,
  FoldExpression,
  ListExpression,
  MapExpression,
  NameExpression,
  SelectExpression,
} from '../syntax/expression.ts';
import { has, select, selectOptional } from './select.ts';
import { attempt, entriesOf, junction, notOptional, orThrow, type Run, type Variables } from './steps.ts';
import {
  EvaluationError,
  isOfType,
  LiteralMap,
  noSuchOverload,
  Optional,
  TypeValue,
  type Value,
} from './values.ts';

/** A function of the values of variables. @throws EvaluationError */
export type Program = (variables: Variables) => Value;

/** Names of loops' variables by the places of their values. */
interface Locals {
  readonly name: string;
  readonly place: number;
  readonly outer: Locals | undefined;
}

class Planner {
  #locals: Locals | undefined;
  #depth = 0;

  plan(expression: Expression): Run {
    switch (expression.kind) {
      case 'constant': {
        const { value } = expression;
        return () => value;
      }
      case 'name':
        return this.#name(expression);
      case 'select':
        return this.#select(expression);
      case 'call':
        return this.#call(expression);
      case 'list':
        return this.#list(expression);
      case 'map':
        return this.#map(expression);
      case 'fold':
        return this.#fold(expression);
      default:
        return () => {
          throw new EvaluationError(`no such type: ${expression.name}`);
        };
    }
  }

  #name({ name }: NameExpression): Run {
    for (let local = this.#locals; local; local = local.outer) {
      if (local.name !== name) continue;
      const { place } = local;
      return ({ locals }) => orThrow(locals[place] ?? null);
    }
    return variable(name.replace(/^\./, ''));
  }

  #select(expression: SelectExpression): Run {
    const { field, isTest, qualified } = expression;
    if (qualified !== undefined) return variable(qualified);
    const operand = this.plan(expression.operand);
    if (isTest) return frame => has(operand(frame), field);
    return frame => select(operand(frame), field);
  }

  #call(expression: CallExpression): Run {
    const { name, target, args, overloads } = expression;
    const [first, second, third] = args;
    if (name === '_&&_' && first && second) return junction(this.plan(first), this.plan(second), false);
    if (name === '_||_' && first && second) return junction(this.plan(first), this.plan(second), true);
    if (name === '_?_:_') return this.#conditional([first, second, third]);
    if (name === '@not_strictly_false' && first) {
      const operand = this.plan(first);
      return frame => attempt(operand, frame) !== false;
    }
    if (first && second && !target) {
      const access = ACCESS.get(name);
      if (access) {
        const [operand, key] = [this.plan(first), this.plan(second)];
        return frame => access(operand(frame), key(frame));
      }
    }
    return this.#plainCall(expression, overloads ?? []);
  }

  #conditional(parts: readonly (Expression | undefined)[]): Run {
    const [condition, whenTrue, whenFalse] = parts.map(part => part && this.plan(part));
    if (!condition || !whenTrue || !whenFalse) throw new RangeError('a condition lacks a part');
    return frame => {
      const value = condition(frame);
      if (typeof value !== 'boolean') throw noSuchOverload();
      return value ? whenTrue(frame) : whenFalse(frame);
    };
  }

  /** What may be meant was found by the checker; which of it is, is found by the values. */
  #plainCall({ name, target, args, isNamespaced }: CallExpression, overloads: readonly Overload[]): Run {
    const lazyOr = target && (name === 'or' || name === 'orValue') && args[0];
    if (lazyOr) return this.#or(target, lazyOr, name === 'orValue');
    const plans = (target && !isNamespaced ? [target, ...args] : args).map(arg => this.plan(arg));
    const [overload, ...others] = overloads;
    const [one, two] = plans;
    if (overload && others.length === 0 && one && plans.length <= 2) {
      // By far the most calls: nothing is allocated for them.
      const { run, parameters } = overload;
      const [oneType, twoType] = parameters;
      return frame => {
        const first = one(frame);
        if (oneType && !isOfType(first, oneType)) throw noSuchOverload();
        if (!two) return run(first);
        const second = two(frame);
        if (twoType && !isOfType(second, twoType)) throw noSuchOverload();
        return run(first, second);
      };
    }
    return frame => {
      const values = plans.map(plan => plan(frame));
      for (const { parameters, run } of overloads) {
        if (parameters.length !== values.length) continue;
        if (parameters.every((type, index) => isOfType(values[index] ?? null, type))) return run(...values);
      }
      throw noSuchOverload();
    };
  }

  /** The alternative is looked at only if it is needed. */
  #or(target: Expression, alternative: Expression, isValue: boolean): Run {
    const [first, second] = [this.plan(target), this.plan(alternative)];
    return frame => {
      const value = first(frame);
      if (!(value instanceof Optional)) throw noSuchOverload();
      if (value.value === undefined) return second(frame);
      return isValue ? value.value : value;
    };
  }

  #list({ elements }: ListExpression): Run {
    const plans = elements.map(({ value, isOptional }) => ({ value: this.plan(value), isOptional }));
    return frame => {
      const list: Value[] = [];
      for (const plan of plans) {
        const value = plan.value(frame);
        if (!plan.isOptional) list.push(value);
        else if (!(value instanceof Optional)) throw notOptional(value);
        else if (value.value !== undefined) list.push(value.value);
      }
      return list;
    };
  }

  #map({ entries }: MapExpression): Run {
    const plans = entries.map(({ key, value, isOptional }) => ({
      key: this.plan(key),
      value: this.plan(value),
      isOptional,
    }));
    return frame => {
      const map = new LiteralMap();
      for (const plan of plans) {
        const key = plan.key(frame);
        const given = plan.value(frame);
        if (plan.isOptional && !(given instanceof Optional)) throw notOptional(given);
        const value = plan.isOptional && given instanceof Optional ? given.value : given;
        if (value === undefined) continue;
        map.put(key, value);
      }
      return map;
    };
  }

  #scoped<T>(names: readonly string[], work: (places: readonly number[]) => T): T {
    const [outer, depth] = [this.#locals, this.#depth];
    const places = names.map(name => {
      const place = this.#depth++;
      this.#locals = { name, place, outer: this.#locals };
      return place;
    });
    const result = work(places);
    [this.#locals, this.#depth] = [outer, depth];
    return result;
  }

  #fold(expression: FoldExpression): Run {
    const { variable: name, secondVariable } = expression;
    const range = this.plan(expression.range);
    const initial = this.plan(expression.initial);
    const isEndless = expression.condition.kind === 'constant' && expression.condition.value === true;
    return this.#scoped([expression.accumulator], ([accumulator = 0]) => {
      const result = this.plan(expression.result);
      const names = secondVariable === undefined ? [name] : [name, secondVariable];
      return this.#scoped(names, ([first = 0, second]) => {
        const condition = this.plan(expression.condition);
        const step = this.plan(expression.step);
        return frame => {
          const { locals } = frame;
          const entries = entriesOf(range(frame), second !== undefined);
          locals[accumulator] = attempt(initial, frame);
          for (const [key, value] of entries) {
            if (second === undefined) locals[first] = value;
            else [locals[first], locals[second]] = [key, value];
            if (!isEndless && condition(frame) !== true) break;
            const next = attempt(step, frame);
            if (isEndless) orThrow(next);
            locals[accumulator] = next;
          }
          return result(frame);
        };
      });
    });
  }
}

const ACCESS: ReadonlyMap<string, (operand: Value, key: Value) => Value> = new Map([
  ['_[_]', select],
  ['_?._', selectOptional],
  ['_[?_]', selectOptional],
]);

function variable(name: string): Run {
  const type = NAMED_TYPES.get(name);
  const typeValue = type && new TypeValue(parameterOf(type, 0).name);
  return ({ variables }) => {
    const found = variables(name);
    const value = found === undefined ? typeValue : found;
    if (value === undefined) throw new EvaluationError(`no such attribute(s): ${name}`);
    return value;
  };
}

/** Makes a checked expression ready to be evaluated. */
export function planExpression(expression: Expression): Program {
  const run = new Planner().plan(expression);
  return variables => run({ variables, locals: [] });
}
