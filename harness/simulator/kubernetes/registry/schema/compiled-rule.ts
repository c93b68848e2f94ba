/**
 * The rules in CEL of one place of a schema, compiled (apiextensions-apiserver
 * pkg/apiserver/schema/cel/compilation.go @v1.34).
 */
import { mentions } from '../../cel/check/parts.ts';
import { optionalOf, type Type } from '../../cel/check/types.ts';
import { type CompiledExpression, compileExpression } from '../../cel/compile.ts';
import { type SizedType, sizedTypeOf } from '../../cel/schema-type.ts';
import { ExpressionError } from '../../cel/syntax/issues.ts';
import { isObject, type JsonObject, objectOf, objectsOf, stringOf } from '../json.ts';
import { followPath } from './schema-path.ts';

/** A rule, with what is wrong with it if it cannot be evaluated. */
export interface CompiledRule {
  readonly source: JsonObject;
  readonly text: string;
  /** Undefined for one that does not compile, with the reason in `problem`. */
  readonly compiled: CompiledExpression | undefined;
  readonly problem: string;
  /** Its value before is optional; it holds for creations too. */
  readonly isOptionalOld: boolean;
  /** Speaks of the state before. */
  readonly usesOld: boolean;
  readonly message: CompiledExpression | undefined;
  readonly messageProblem: string;
  /** Added to the path of errors; empty if there is none. */
  readonly fieldPath: string;
}

/** The rules of a place. */
interface RuleSet {
  /** The type of `self`; undefined if expressions cannot see it. */
  readonly self: SizedType | undefined;
  readonly rules: readonly CompiledRule[];
}

type Attempt = { readonly compiled: CompiledExpression | undefined; readonly problem: string };

function attempt(
  text: string,
  variables: ReadonlyMap<string, Type>,
  wanted: 'bool' | 'string',
  prefix: string,
): Attempt {
  try {
    const compiled = compileExpression(text, variables);
    const article = wanted === 'bool' ? 'cel expression must evaluate to a bool' : undefined;
    if (compiled.type.kind !== wanted)
      return { compiled: undefined, problem: article ?? 'messageExpression must evaluate to a string' };
    if (compiled.constantProblem === undefined) return { compiled, problem: '' };
    const verb = wanted === 'bool' ? 'program' : 'messageExpression';
    return { compiled: undefined, problem: `${verb} instantiation failed: ${compiled.constantProblem}` };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { compiled: undefined, problem: `${prefix}compilation failed: ${error.message}` };
  }
}

/** A path to a field as errors show it; empty for one that leads nowhere. */
function shownPath(path: string, schema: JsonObject): string {
  const found = followPath(path, schema);
  if (found instanceof Error) return '';
  let current = schema;
  let shown = '';
  for (const step of found.steps) {
    const properties = current['properties'];
    shown += isObject(properties) ? `.${step}` : `[${step}]`;
    current = objectOf(isObject(properties) ? properties[step] : current['additionalProperties']);
  }
  return shown.replace(/^\./, '');
}

function compileRule(source: JsonObject, self: SizedType, schema: JsonObject): CompiledRule {
  const text = stringOf(source['rule']) ?? '';
  const isOptionalOld = source['optionalOldSelf'] === true;
  const variables = new Map([
    ['self', self.type],
    ['oldSelf', isOptionalOld ? optionalOf(self.type) : self.type],
  ]);
  // An empty rule is told by others.
  const isEmpty = text.trim() === '';
  const rule: Attempt = isEmpty ? { compiled: undefined, problem: '' } : attempt(text, variables, 'bool', '');
  const messageText = stringOf(source['messageExpression']) ?? '';
  const message: Attempt =
    messageText === '' || !rule.compiled
      ? { compiled: undefined, problem: '' }
      : attempt(messageText, variables, 'string', 'messageExpression ');
  const path = stringOf(source['fieldPath']) ?? '';
  return {
    source,
    text,
    compiled: rule.compiled,
    problem: rule.problem,
    isOptionalOld,
    usesOld: rule.compiled !== undefined && mentions(rule.compiled.expression, 'oldSelf'),
    message: message.compiled,
    messageProblem: message.problem,
    fieldPath: path === '' ? '' : shownPath(path, schema),
  };
}

const EMPTY: RuleSet = { self: undefined, rules: [] };

/** By the schema that holds the rules; each is compiled once. */
const known = new WeakMap<JsonObject, RuleSet>();

/**
 * Compiles the rules of a place, once.
 * @param holder - the schema that has the rules: that of the place, or a part of its `allOf`
 * @param schema - what the values of the place are
 * @param isRoot - the place is a whole resource
 */
export function ruleSetOf(holder: JsonObject, schema: JsonObject, isRoot: boolean): RuleSet {
  const sources = objectsOf(holder['x-kubernetes-validations']);
  if (sources.length === 0) return EMPTY;
  const cached = known.get(holder);
  if (cached) return cached;
  const self = sizedTypeOf(schema, isRoot);
  const set = { self, rules: self ? sources.map(source => compileRule(source, self, schema)) : [] };
  known.set(holder, set);
  return set;
}
