/** Finds the type of each part of an expression (google/cel-go checker/checker.go @v0.26). */

import type { Overload } from '../functions/declare.ts';
import type {
  CallExpression,
  Expression,
  FoldExpression,
  ListExpression,
  MapExpression,
  SelectExpression,
  StructExpression,
} from '../syntax/expression.ts';
import { qualifiedName } from '../syntax/expression.ts';
import type { Issue } from '../syntax/issues.ts';
import { typeOfConstant } from './constant-type.ts';
import { type Environment, Scope } from './environment.ts';
import { loopVariables } from './loop-variables.ts';
import { settle } from './settle.ts';
import {
  BOOL,
  DYN,
  describeType,
  ERROR,
  isOptional,
  isSameType,
  listOf,
  mapOf,
  optionalOf,
  parameterOf,
  parameterType,
  STRING,
  type Type,
} from './types.ts';
import { assign, type Bindings, mostGeneral, substitute } from './unify.ts';

class Checker {
  readonly issues: Issue[] = [];
  readonly #environment: Environment;
  #scope: Scope;
  #bindings: Bindings = new Map();
  #freeTypes = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#scope = new Scope(environment.variables);
  }

  get bindings(): Bindings {
    return this.#bindings;
  }

  #report(at: number, message: string): void {
    this.issues.push({ at, message });
  }

  #undeclared(at: number, name: string): Type {
    this.#report(at, `undeclared reference to '${name}' (in container '')`);
    return ERROR;
  }

  #fits(from: readonly Type[], to: readonly Type[]): boolean {
    const bindings = assign(this.#bindings, from, to);
    if (bindings) this.#bindings = bindings;
    return bindings !== undefined;
  }

  #expect(expression: Expression, wanted: Type): void {
    const found = expression.type ?? DYN;
    if (!this.#fits([wanted], [found])) this.#mismatch(expression.at, wanted, found);
  }

  #mismatch(at: number, wanted: Type, found: Type): void {
    this.#report(at, `expected type '${describeType(wanted)}' but found '${describeType(found)}'`);
  }

  #newType(): Type {
    return parameterType(`_var${this.#freeTypes++}`);
  }

  /** Finds the type of an expression, and writes it down there. */
  check(expression: Expression): Type {
    const type = this.#typeOf(expression);
    expression.type = type;
    return type;
  }

  #typeOf(expression: Expression): Type {
    switch (expression.kind) {
      case 'constant':
        return typeOfConstant(expression.value);
      case 'name':
        return this.#scope.find(expression.name) ?? this.#undeclared(expression.at, expression.name);
      case 'select':
        return this.#select(expression);
      case 'call':
        return this.#call(expression);
      case 'list':
        return this.#list(expression);
      case 'map':
        return this.#map(expression);
      case 'struct':
        return this.#struct(expression);
      default:
        return this.#fold(expression);
    }
  }

  #select(expression: SelectExpression): Type {
    const name = qualifiedName(expression);
    const variable = name === undefined ? undefined : this.#scope.find(name);
    if (variable && name !== undefined) {
      expression.qualified = name;
      return variable;
    }
    const type = this.#field(expression.at, expression.operand, expression.field, false);
    return expression.isTest ? BOOL : substitute(this.#bindings, type, false);
  }

  #field(at: number, operand: Expression, field: string, isOptionalAccess: boolean): Type {
    const operandType = substitute(this.#bindings, this.check(operand), false);
    const isInOptional = isOptional(operandType);
    const target = isInOptional ? parameterOf(operandType, 0) : operandType;
    const type = this.#fieldOf(at, target, field);
    return isInOptional || isOptionalAccess ? optionalOf(type) : type;
  }

  #fieldOf(at: number, target: Type, field: string): Type {
    switch (target.kind) {
      case 'map':
        return parameterOf(target, 1);
      case 'struct': {
        const type = target.fields?.get(field);
        if (!type) this.#report(at, `undefined field '${field}'`);
        return type ?? ERROR;
      }
      case 'parameter':
        this.#fits([DYN], [target]);
        return DYN;
      case 'dyn':
      case 'error':
        return DYN;
      default:
        this.#report(at, `type '${describeType(target)}' does not support field selection`);
        return DYN;
    }
  }

  #call(expression: CallExpression): Type {
    const { name, args, target, at } = expression;
    const [operand, field] = args;
    if (name === '_?._' && operand && field?.kind === 'constant' && typeof field.value === 'string') {
      field.type = STRING;
      expression.overloads = this.#environment.functions.get(name) ?? [];
      return substitute(this.#bindings, this.#field(at, operand, field.value, true), false);
    }
    for (const arg of args) this.check(arg);
    if (!target) {
      const overloads = this.#functionsOf(name);
      return overloads ? this.#resolve(expression, overloads) : this.#undeclared(at, name);
    }
    const prefix = qualifiedName(target);
    const namespaced = prefix === undefined ? undefined : this.#functionsOf(`${prefix}.${name}`);
    if (namespaced) {
      expression.isNamespaced = true;
      return this.#resolve(expression, namespaced, `${prefix}.${name}`);
    }
    this.check(target);
    const overloads = this.#functionsOf(name);
    return overloads ? this.#resolve(expression, overloads) : this.#undeclared(at, name);
  }

  #functionsOf(name: string): readonly Overload[] | undefined {
    return this.#environment.functions.get(name.replace(/^\./, ''));
  }

  #resolve(call: CallExpression, overloads: readonly Overload[], name = call.name): Type {
    if (name === '_&&_' || name === '_||_') {
      call.overloads = overloads;
      const before = this.issues.length;
      for (const arg of call.args) {
        const found = arg.type ?? DYN;
        if (!this.#fits([found], [BOOL])) this.#mismatch(arg.at, BOOL, found);
      }
      return this.issues.length > before && call.args.some(arg => this.#isWrong(arg)) ? ERROR : BOOL;
    }
    const isMember = call.target !== undefined && !call.isNamespaced;
    const given = isMember && call.target ? [call.target, ...call.args] : call.args;
    const types = given.map(arg => arg.type ?? DYN);
    const found: Overload[] = [];
    let result: Type | undefined;
    for (const overload of overloads) {
      if (overload.isMember !== isMember) continue;
      const instance = this.#instanceOf(overload);
      if (!this.#fits(types, instance.parameters)) continue;
      found.push(overload);
      const type = substitute(this.#bindings, instance.result, false);
      if (!result) result = type;
      else if (result.kind !== 'dyn' && !isSameType(type, result)) result = DYN;
    }
    call.overloads = found;
    if (result) return result;
    const shown = types.map(type => describeType(substitute(this.#bindings, type, true)));
    const signature = isMember ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    this.#report(call.at, `found no matching overload for '${name}' applied to '${signature}'`);
    return ERROR;
  }

  #isWrong(arg: Expression): boolean {
    return assign(this.#bindings, [arg.type ?? DYN], [BOOL]) === undefined;
  }

  /** Each use of a function has type parameters of its own. */
  #instanceOf(overload: Overload): { readonly parameters: readonly Type[]; readonly result: Type } {
    if (overload.typeParameters.length === 0) return overload;
    const fresh: Bindings = new Map(overload.typeParameters.map(name => [name, this.#newType()]));
    return {
      parameters: overload.parameters.map(type => substitute(fresh, type, false)),
      result: substitute(fresh, overload.result, false),
    };
  }

  /** An element behind `?` must be an optional value, and counts as what is in it. */
  #unwrapped(value: Expression, isOptionalEntry: boolean): Type {
    const type = this.check(value);
    if (!isOptionalEntry) return type;
    if (isOptional(type)) return parameterOf(type, 0);
    if (type.kind !== 'dyn') this.#mismatch(value.at, optionalOf(type), type);
    return type;
  }

  /** Elements that have no type in common are dyn (`literals.ts` refuses most such lists). */
  #join(previous: Type | undefined, current: Type): Type {
    if (!previous) return current;
    return this.#fits([previous], [current]) ? mostGeneral(previous, current) : DYN;
  }

  #list({ elements }: ListExpression): Type {
    let element: Type | undefined;
    for (const { value, isOptional: isOptionalEntry } of elements)
      element = this.#join(element, this.#unwrapped(value, isOptionalEntry));
    return listOf(element ?? this.#newType());
  }

  #map({ entries }: MapExpression): Type {
    let keyType: Type | undefined;
    let valueType: Type | undefined;
    for (const { key, value, isOptional: isOptionalEntry } of entries) {
      keyType = this.#join(keyType, this.check(key));
      valueType = this.#join(valueType, this.#unwrapped(value, isOptionalEntry));
    }
    return mapOf(keyType ?? this.#newType(), valueType ?? this.#newType());
  }

  /** No type of Kubernetes can be made by an expression (`Object{}` is of mutations). */
  #struct({ at, name, fields }: StructExpression): Type {
    const type = this.#scope.find(name);
    if (!type) return this.#undeclared(at, name);
    for (const { value } of fields) this.check(value);
    this.#report(at, type.kind === 'type' ? `'${name}' is not a message type` : `'${name}' is not a type`);
    return ERROR;
  }

  #fold(expression: FoldExpression): Type {
    const range = substitute(this.#bindings, this.check(expression.range), false);
    const accumulated = this.check(expression.initial);
    const outer = this.#scope;
    this.#scope = new Scope(new Map([[expression.accumulator, accumulated]]), outer);
    const inner = this.#scope;
    const names = loopVariables(
      expression,
      range,
      () => this.#fits([DYN], [range]),
      message => this.#report(expression.range.at, message),
    );
    this.#scope = new Scope(names, inner);
    this.check(expression.condition);
    this.#expect(expression.condition, BOOL);
    this.check(expression.step);
    this.#expect(expression.step, accumulated);
    this.#scope = inner;
    const result = this.check(expression.result);
    this.#scope = outer;
    return substitute(this.#bindings, result, false);
  }
}

/** What a check found. */
interface CheckResult {
  /** Of the whole; types that are known by parts only are dyn there. */
  readonly type: Type;
  readonly issues: readonly Issue[];
}

/** Checks an expression; its parts have their types then. */
export function checkExpression(expression: Expression, environment: Environment): CheckResult {
  const checker = new Checker(environment);
  checker.check(expression);
  settle(expression, checker.bindings);
  return { type: expression.type ?? DYN, issues: checker.issues };
}
