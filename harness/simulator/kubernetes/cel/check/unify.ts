/**
 * Which type fits where another is wanted, and what the parameters of a function's type stand for then
 * (google/cel-go checker/types.go @v0.26).
 */
import { DYN, isSameType, parameterOf, type Type } from './types.ts';

/** What parameters stand for, by their names. */
export type Bindings = Map<string, Type>;

const isDynOrError = ({ kind }: Type) => kind === 'dyn' || kind === 'error';

const NULLABLE: ReadonlySet<Type['kind']> = new Set(['null', 'opaque', 'struct', 'duration', 'timestamp']);

/** Says which of two types that fit each other says less. */
export function mostGeneral(a: Type, b: Type): Type {
  return isLessSpecific(a, b) ? a : b;
}

function isLessSpecific(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'parameter') return true;
  if (b.kind === 'dyn' || b.kind === 'parameter' || a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  if (a.kind !== 'opaque' && a.kind !== 'list' && a.kind !== 'map') return isSameType(a, b);
  return (
    a.name === b.name &&
    a.parameters.length === b.parameters.length &&
    a.parameters.every((parameter, index) => isLessSpecific(parameter, parameterOf(b, index)))
  );
}

/** A parameter must not stand for something that it is a part of. */
function occursIn(bindings: Bindings, parameter: Type, within: Type): boolean {
  if (isSameType(parameter, within)) return true;
  if (within.kind === 'parameter') {
    const bound = bindings.get(within.name);
    return bound !== undefined && occursIn(bindings, parameter, bound);
  }
  return within.parameters.some(part => occursIn(bindings, parameter, part));
}

/** Binds a parameter to a type, if what it stands for already lets it. */
function bind(bindings: Bindings, type: Type, parameter: Type): { isValid: boolean; isBound: boolean } {
  if (isSameType(type, parameter)) return { isValid: true, isBound: true };
  const bound = bindings.get(parameter.name);
  if (!bound) {
    if (occursIn(bindings, parameter, type)) return { isValid: false, isBound: false };
    bindings.set(parameter.name, type);
    return { isValid: true, isBound: false };
  }
  if (isSameType(type, bound)) return { isValid: true, isBound: true };
  if (!fits(bindings, type, bound)) return { isValid: false, isBound: true };
  const general = mostGeneral(type, bound);
  if (!occursIn(bindings, parameter, general)) bindings.set(parameter.name, general);
  return { isValid: true, isBound: true };
}

function fits(bindings: Bindings, a: Type, b: Type): boolean {
  if (b.kind === 'parameter') {
    const { isValid, isBound } = bind(bindings, a, b);
    if (isValid || isBound) return isValid;
  }
  if (a.kind === 'parameter') return bind(bindings, b, a).isValid;
  if (isDynOrError(a) || isDynOrError(b)) return true;
  if (a.kind === 'null') return NULLABLE.has(b.kind);
  if (b.kind === 'null') return NULLABLE.has(a.kind);
  if (a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  return a.name === b.name && allFit(bindings, a.parameters, b.parameters);
}

function allFit(bindings: Bindings, a: readonly Type[], b: readonly Type[]): boolean {
  return a.length === b.length && a.every((type, index) => fits(bindings, type, b[index] ?? DYN));
}

/** Returns the bindings with which the types fit, or undefined if they do not; the given ones stay. */
export function assign(bindings: Bindings, from: readonly Type[], to: readonly Type[]): Bindings | undefined {
  const copy = new Map(bindings);
  return allFit(copy, from, to) ? copy : undefined;
}

/** Puts in what parameters stand for; the unbound ones are dyn if asked for. */
export function substitute(bindings: Bindings, type: Type, unboundIsDyn: boolean): Type {
  if (type.kind === 'parameter') {
    const bound = bindings.get(type.name);
    if (bound) return substitute(bindings, bound, unboundIsDyn);
    return unboundIsDyn ? DYN : type;
  }
  if (type.parameters.length === 0) return type;
  return { ...type, parameters: type.parameters.map(part => substitute(bindings, part, unboundIsDyn)) };
}
