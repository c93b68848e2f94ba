/**
 * Evaluates one policy for one request (apiserver pkg/admission/plugin/policy/validating/validator.go and
 * pkg/admission/plugin/cel/composition.go @v1.34).
 */
import { evaluate, type ReadExpression, readExpression } from '../cel/admission/expressions.ts';
import { variableTypes } from '../cel/admission/variable-types.ts';
import { DYN, type Type, type TypeKind } from '../cel/check/types.ts';
import type { Variables } from '../cel/run/steps.ts';
import { EvaluationError, type MapValue, type Value } from '../cel/run/values.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  objectOf,
  objectsOf,
  stringOf,
} from '../registry/json.ts';
import { type ExpressionInput, variablesOf } from './expression-values.ts';
import { evaluateConditions } from './match-conditions.ts';

/** A refusal by a policy. */
export interface PolicyDecision {
  readonly message: string;
  /** Of the Status. */
  readonly reason: string;
  /** Refuses whatever the binding says. */
  readonly isUnconditional?: true;
}

/** An expression with its text. */
interface Expression {
  readonly text: string;
  readonly read: ReadExpression;
}

interface Validation {
  readonly source: JsonObject;
  readonly expression: Expression;
  readonly message: Expression | undefined;
}

interface CompiledPolicy {
  readonly variables: ReadonlyMap<string, Expression>;
  readonly validations: readonly Validation[];
  readonly annotations: readonly Expression[];
}

/** By the stored object: a changed policy is another one. */
const known = new WeakMap<KubernetesObject, CompiledPolicy>();

function compilePolicy(policy: KubernetesObject): CompiledPolicy {
  const spec = objectOf(policy['spec']);
  const hasParams = isObject(spec['paramKind']);
  const composed = new Map<string, Type>();
  const read = (text: string, wanted: readonly TypeKind[] | undefined, hasAuthorizer = true): Expression => ({
    text,
    read: readExpression(text, variableTypes({ hasParams, hasAuthorizer, composed }), wanted),
  });
  const variables = new Map<string, Expression>();
  for (const { name, expression } of objectsOf(spec['variables'])) {
    const variable = read(String(expression), undefined);
    variables.set(String(name), variable);
    composed.set(String(name), variable.read.compiled?.type ?? DYN);
  }
  return {
    variables,
    validations: objectsOf(spec['validations']).map(source => {
      const message = stringOf(source['messageExpression']) ?? '';
      return {
        source,
        expression: read(String(source['expression']), ['bool']),
        message: message === '' ? undefined : read(message, ['string'], false),
      };
    }),
    annotations: objectsOf(spec['auditAnnotations']).map(({ valueExpression }) =>
      read(String(valueExpression).trim(), ['string', 'null']),
    ),
  };
}

/** `variables`: each is evaluated when it is first named. */
class ComposedVariables implements MapValue {
  readonly isMap = true;
  readonly #expressions: ReadonlyMap<string, Expression>;
  readonly #variables: Variables;
  readonly #known = new Map<string, Value | EvaluationError>();

  constructor(expressions: ReadonlyMap<string, Expression>, variables: Variables) {
    this.#expressions = expressions;
    this.#variables = variables;
  }

  get size(): number {
    return this.#expressions.size;
  }

  keys(): readonly string[] {
    return [...this.#expressions.keys()];
  }

  get(key: Value): Value | undefined {
    const expression = typeof key === 'string' ? this.#expressions.get(key) : undefined;
    if (!expression || typeof key !== 'string') return undefined;
    const found = this.#known.get(key) ?? this.#evaluate(key, expression);
    this.#known.set(key, found);
    if (found instanceof EvaluationError) throw found;
    return found;
  }

  #evaluate(name: string, { read }: Expression): Value | EvaluationError {
    const prefix = `composited variable ${JSON.stringify(name)} fails to`;
    if (!read.compiled) return new EvaluationError(`${prefix} compile: ${read.problem}`);
    try {
      return read.compiled.program(this.#variables);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return new EvaluationError(`${prefix} evaluate: ${error.message}`);
    }
  }
}

function withComposed(expressions: ReadonlyMap<string, Expression>, variables: Variables): Variables {
  const all: Variables = name => (name === 'variables' ? composed : variables(name));
  const composed = new ComposedVariables(expressions, all);
  return all;
}

/** The longest message that an expression may give, in bytes. */
const MAX_MESSAGE_BYTES = 5 * 1024;

function messageOf({ source, expression, message }: Validation, variables: Variables): string {
  const { value } = message ? evaluate(message.text, message.read, variables) : { value: undefined };
  const text = typeof value === 'string' ? value.trim() : '';
  if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
  return (stringOf(source['message']) ?? '').trim() || `failed expression: ${expression.text.trim()}`;
}

/** Returns the refusals of a policy; none if it takes the request, or does not concern it. */
export function evaluatePolicy(policy: KubernetesObject, input: ExpressionInput): PolicyDecision[] {
  const spec = objectOf(policy['spec']);
  const failed = (message: string): PolicyDecision[] =>
    spec['failurePolicy'] === 'Ignore' ? [] : [{ message, reason: 'Invalid' }];
  const plain = variablesOf(input);
  const conditions = evaluateConditions(objectsOf(spec['matchConditions']), plain);
  if (conditions.problem !== '') return failed(conditions.problem);
  if (!conditions.matches) return [];
  const compiled = known.get(policy) ?? compilePolicy(policy);
  known.set(policy, compiled);
  const variables = withComposed(compiled.variables, plain);
  const decisions = compiled.validations.flatMap((validation): PolicyDecision[] => {
    const { text, read } = validation.expression;
    const { value, problem } = evaluate(text, read, variables);
    if (problem !== undefined) return failed(problem);
    if (value === true) return [];
    const reason = stringOf(validation.source['reason']) ?? 'Invalid';
    return [{ message: messageOf(validation, variables), reason }];
  });
  for (const { text, read } of compiled.annotations) {
    const { problem } = evaluate(text, read, variables);
    if (problem !== undefined)
      decisions.push(...failed(problem).map(decision => ({ ...decision, isUnconditional: true as const })));
  }
  return decisions;
}
