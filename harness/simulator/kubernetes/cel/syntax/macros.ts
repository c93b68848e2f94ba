/**
 * The calls that stand for loops and tests (google/cel-go parser/macro.go, ext/comprehensions.go and
 * cel/library.go @v0.26).
 */
import { Builder } from './build.ts';
import { ACCUMULATOR, type Expression } from './expression.ts';

/** A macro's arguments do not fit it; `at` is the place of the argument. */
export class MacroError extends Error {
  readonly at: number;
  constructor(argument: Expression, message: string) {
    super(message);
    this.at = argument.at;
  }
}

interface Call {
  readonly make: Builder;
  readonly target: Expression;
  readonly args: readonly Expression[];
}
type Macro = (call: Call) => Expression;

/** Only called by macros whose number of arguments is known. */
function argument(args: readonly Expression[], index: number): Expression {
  const found = args[index];
  if (!found) throw new RangeError(`a macro has no argument ${index}`);
  return found;
}

function variableName(expression: Expression, message: string): string {
  if (expression.kind !== 'name') throw new MacroError(expression, message);
  if (expression.name === ACCUMULATOR || expression.name === '__result__')
    throw new MacroError(expression, 'iteration variable overwrites accumulator variable');
  return expression.name;
}

/** The variables of a loop, one or two, and what follows them. */
function loop(call: Call, variables: 1 | 2) {
  const { args } = call;
  const first = argument(args, 0);
  const variable = variableName(first, 'argument must be a simple name');
  if (variables === 1) return { variable, rest: args.slice(1) };
  const second = argument(args, 1);
  const secondVariable = variableName(second, 'argument must be a simple name');
  if (variable === secondVariable) throw new MacroError(second, `duplicate variable name: ${variable}`);
  return { variable, secondVariable, rest: args.slice(2) };
}

function all(call: Call, variables: 1 | 2): Expression {
  const { make, target } = call;
  const { rest, ...names } = loop(call, variables);
  return make.fold({
    ...names,
    range: target,
    initial: make.constant(true),
    condition: make.call('@not_strictly_false', make.accumulator()),
    step: make.call('_&&_', make.accumulator(), argument(rest, 0)),
  });
}

function exists(call: Call, variables: 1 | 2): Expression {
  const { make, target } = call;
  const { rest, ...names } = loop(call, variables);
  return make.fold({
    ...names,
    range: target,
    initial: make.constant(false),
    condition: make.call('@not_strictly_false', make.call('!_', make.accumulator())),
    step: make.call('_||_', make.accumulator(), argument(rest, 0)),
  });
}

function existsOne(call: Call, variables: 1 | 2): Expression {
  const { make, target } = call;
  const { rest, ...names } = loop(call, variables);
  return make.fold({
    ...names,
    range: target,
    initial: make.constant(0n),
    step: make.stepIf(argument(rest, 0), make.call('_+_', make.accumulator(), make.constant(1n))),
    result: make.call('_==_', make.accumulator(), make.constant(1n)),
  });
}

/** `map`: the condition, if there is one, comes first. */
function map({ make, target, args }: Call): Expression {
  const variable = variableName(argument(args, 0), 'argument is not an identifier');
  const transform = argument(args, args.length - 1);
  return make.fold({
    variable,
    range: target,
    initial: make.list(),
    step: make.stepIf(
      args.length === 3 ? args[1] : undefined,
      make.call('_+_', make.accumulator(), make.list(transform)),
    ),
  });
}

function filter({ make, target, args }: Call): Expression {
  const variable = variableName(argument(args, 0), 'argument is not an identifier');
  return make.fold({
    variable,
    range: target,
    initial: make.list(),
    step: make.stepIf(
      argument(args, 1),
      make.call('_+_', make.accumulator(), make.list(make.name(variable))),
    ),
  });
}

/** `transformList`, `transformMap` and `transformMapEntry`: they differ in what they add to the result. */
function transform(call: Call, kind: 'list' | 'map' | 'entry'): Expression {
  const { make, target } = call;
  const { rest, ...names } = loop(call, 2);
  const value = argument(rest, rest.length - 1);
  const add = {
    list: () => make.call('_+_', make.accumulator(), make.list(value)),
    map: () => make.call('cel.@mapInsert', make.accumulator(), make.name(names.variable), value),
    entry: () => make.call('cel.@mapInsert', make.accumulator(), value),
  }[kind];
  return make.fold({
    ...names,
    range: target,
    initial: kind === 'list' ? make.list() : make.map(),
    step: make.stepIf(rest.length === 2 ? rest[0] : undefined, add()),
  });
}

/** `optMap` and `optFlatMap`: the value, if there is one, gets a name in the second argument. */
function optionalMap({ make, target, args }: Call, name: 'optMap' | 'optFlatMap'): Expression {
  const message = `${name}() variable name must be a simple identifier`;
  const first = argument(args, 0);
  if (first.kind !== 'name') throw new MacroError(first, message);
  const bound = make.fold({
    range: make.list(),
    variable: '#unused',
    accumulator: first.name,
    initial: make.memberCall(target, 'value'),
    condition: make.constant(false),
    step: make.name(first.name),
    result: argument(args, 1),
  });
  return make.call(
    '_?_:_',
    make.memberCall(target, 'hasValue'),
    name === 'optMap' ? make.call('optional.of', bound) : bound,
    make.call('optional.none'),
  );
}

/** By name and number of arguments. */
const MEMBER_MACROS: ReadonlyMap<string, Macro> = new Map<string, Macro>([
  ['all:2', call => all(call, 1)],
  ['all:3', call => all(call, 2)],
  ['exists:2', call => exists(call, 1)],
  ['exists:3', call => exists(call, 2)],
  ['exists_one:2', call => existsOne(call, 1)],
  ['exists_one:3', call => existsOne(call, 2)],
  ['existsOne:2', call => existsOne(call, 1)],
  ['existsOne:3', call => existsOne(call, 2)],
  ['map:2', map],
  ['map:3', map],
  ['filter:2', filter],
  ['transformList:3', call => transform(call, 'list')],
  ['transformList:4', call => transform(call, 'list')],
  ['transformMap:3', call => transform(call, 'map')],
  ['transformMap:4', call => transform(call, 'map')],
  ['transformMapEntry:3', call => transform(call, 'entry')],
  ['transformMapEntry:4', call => transform(call, 'entry')],
  ['optMap:2', call => optionalMap(call, 'optMap')],
  ['optFlatMap:2', call => optionalMap(call, 'optFlatMap')],
]);

/** `has(a.b)`. */
function has(at: number, argument: Expression): Expression {
  if (argument.kind !== 'select' || argument.isTest)
    throw new MacroError(argument, 'invalid argument to has() macro');
  const { operand, field } = argument;
  return { kind: 'select', at, operand, field, isTest: true };
}

/**
 * Expands a call, or returns undefined if it is none of a macro's.
 * @param at - where the call's bracket opens
 * @throws MacroError
 */
export function expandMacro(
  at: number,
  name: string,
  target: Expression | undefined,
  args: readonly Expression[],
): Expression | undefined {
  const [first] = args;
  if (!target) return name === 'has' && first && args.length === 1 ? has(at, first) : undefined;
  return MEMBER_MACROS.get(`${name}:${args.length}`)?.({ make: new Builder(at), target, args });
}
