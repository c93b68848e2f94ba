/** The steps that evaluations are made of: what may fail, what decides, what a loop goes over. */
import { describeValue, EvaluationError, isList, isMap, noSuchOverload, type Value } from './values.ts';

/** The values of an expression's variables; undefined for one that is not there. */
export type Variables = (name: string) => Value | undefined;

/** What one evaluation works on. */
interface Frame {
  readonly variables: Variables;
  /** Of loops, by their depth. A step that failed is kept: a later one may make up for it. */
  readonly locals: (Value | EvaluationError)[];
}

/** A part of an expression, ready to be evaluated. */
export type Run = (frame: Frame) => Value;

/** Returns what a step gives or how it fails. */
export function attempt(run: Run, frame: Frame): Value | EvaluationError {
  try {
    return run(frame);
  } catch (error) {
    if (error instanceof EvaluationError) return error;
    throw error;
  }
}

/** Goes on with a value, or fails as it did. */
export function orThrow(result: Value | EvaluationError): Value {
  if (result instanceof EvaluationError) throw result;
  return result;
}

/** `&&` and `||`: the side that decides does so even if the other one fails. */
export function junction(left: Run, right: Run, deciding: boolean): Run {
  return frame => {
    const first = attempt(left, frame);
    if (first === deciding) return deciding;
    const second = attempt(right, frame);
    if (second === deciding) return deciding;
    if (first instanceof EvaluationError) throw first;
    if (second instanceof EvaluationError) throw second;
    if (typeof first !== 'boolean' || typeof second !== 'boolean') throw noSuchOverload();
    return !deciding;
  };
}

/** What a loop goes over: with one variable the elements of a list or the keys of a map. */
export function entriesOf(range: Value, hasTwoVariables: boolean): readonly (readonly [Value, Value])[] {
  if (isList(range)) return Array.from(range, (value, index) => [BigInt(index), value] as const);
  if (isMap(range))
    return range.keys().map(key => [key, hasTwoVariables ? (range.get(key) ?? null) : key] as const);
  throw noSuchOverload();
}

/** What stands behind a question mark is no optional value. */
export const notOptional = (value: Value) =>
  new EvaluationError(`cannot initialize optional entry from non-optional value ${describeValue(value)}`);
