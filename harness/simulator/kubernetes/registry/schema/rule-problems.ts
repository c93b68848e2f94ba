/**
 * Finds what is wrong with the rules of a definition's schema: what does not compile, costs too much or says
 * nothing (apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go @v1.34).
 */
import { estimateCost } from '../../cel/cost/estimate.ts';
import { MAX_REQUEST_BYTES, type SizedType } from '../../cel/schema-type.ts';
import { type FieldError, forbiddenValue, invalidValue } from '../field-errors.ts';
import { isObject, type JsonObject, objectOf } from '../json.ts';
import { type CompiledRule, ruleSetOf } from './compiled-rule.ts';
import { hasRules } from './rules.ts';

/** Of one rule, and of all of a schema. */
const MAX_RULE_COST = 10_000_000;
const MAX_SCHEMA_COST = 100_000_000;
const MAX_COUNT = 2 ** 64 - 1;

const ADVICE =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where ' +
  'arrays, maps, and strings are declared)';

function tooExpensive(what: string, cost: number, most: number): string {
  const factor = cost / most;
  const shown = factor > 100 ? 'more than 100x' : `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`;
  return `${what} exceeds budget by factor of ${shown} ${ADVICE}`;
}

/** A rule as errors show it: the struct of Go, all of its fields. */
const shownRule = (source: JsonObject) => ({
  Rule: source['rule'] ?? '',
  Message: source['message'] ?? '',
  MessageExpression: source['messageExpression'] ?? '',
  Reason: source['reason'] ?? null,
  FieldPath: source['fieldPath'] ?? '',
  OptionalOldSelf: source['optionalOldSelf'] ?? null,
});

/** What is known of a place of a schema. */
interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** How many such values an object can have; undefined if nothing limits it. */
  readonly cardinality: number | undefined;
  /** The list or map within which no value knows its old state. */
  readonly uncorrelated: string | undefined;
}

interface Expensive {
  readonly path: string;
  readonly cost: number;
}

/** What is wrong, and what all rules cost. */
class Findings {
  readonly errors: FieldError[] = [];
  readonly #expensive: Expensive[] = [];
  #total = 0;

  observe(path: string, cost: number): void {
    this.#total = Math.min(this.#total + cost, MAX_COUNT);
    if (cost >= MAX_SCHEMA_COST / 100) this.#expensive.push({ path, cost });
  }

  /** What all rules together cost, if it is too much. */
  total(path: string): FieldError[] {
    if (this.#total <= MAX_SCHEMA_COST) return [];
    const worst = this.#expensive.sort((a, b) => b.cost - a.cost).slice(0, 4);
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [
      ...worst.map(entry =>
        forbiddenValue(
          entry.path,
          'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
        ),
      ),
      forbiddenValue(path, tooExpensive(what, this.#total, MAX_SCHEMA_COST)),
    ];
  }
}

/** How often a value with these bytes fits into a request. */
const mostOf = ({ minBytes }: SizedType) => Math.floor(MAX_REQUEST_BYTES / (minBytes + 1));

function checkExpression(
  rule: CompiledRule,
  path: string,
  self: SizedType,
  place: Place,
  findings: Findings,
): void {
  const { source, compiled, problem, message, messageProblem } = rule;
  const { errors } = findings;
  if (compiled) {
    const cost = estimateCost(compiled.expression, self) * (place.cardinality ?? mostOf(self));
    if (cost > MAX_RULE_COST)
      errors.push(forbiddenValue(`${path}.rule`, tooExpensive('estimated rule cost', cost, MAX_RULE_COST)));
    findings.observe(`${path}.rule`, Math.min(cost, MAX_COUNT));
  } else if (problem !== '') errors.push(invalidValue(`${path}.rule`, shownRule(source), problem));
  if (messageProblem !== '')
    errors.push(invalidValue(`${path}.messageExpression`, shownRule(source), messageProblem));
  else if (message) {
    const cost = estimateCost(message.expression, self);
    const what = 'estimated messageExpression cost';
    if (cost > MAX_RULE_COST)
      errors.push(forbiddenValue(`${path}.messageExpression`, tooExpensive(what, cost, MAX_RULE_COST)));
    findings.observe(`${path}.messageExpression`, cost);
  }
  if (rule.usesOld) {
    if (place.uncorrelated === undefined) return;
    const where = `the uncorrelatable portion of the schema within ${place.uncorrelated}`;
    const detail = `oldSelf cannot be used on ${where}`;
    errors.push(invalidValue(`${path}.rule`, rule.text, detail));
  } else if (source['optionalOldSelf'] !== undefined && source['optionalOldSelf'] !== null) {
    const detail = 'may not be set if oldSelf is not used in rule';
    errors.push(invalidValue(`${path}.optionalOldSelf`, source['optionalOldSelf'], detail));
  }
}

/** How many values a schema has inside of it for each of its own. */
function factorOf(schema: JsonObject): number | undefined {
  const limit = (key: string) => {
    const most = schema[key];
    return typeof most === 'number' ? Math.max(0, most) : undefined;
  };
  if (schema['type'] === 'array') return limit('maxItems');
  const hasEntries = schema['type'] === 'object' && isObject(schema['additionalProperties']);
  return hasEntries ? limit('maxProperties') : 1;
}

function visit(schema: JsonObject, place: Place, findings: Findings): void {
  const { path } = place;
  const factor = factorOf(schema);
  const inner = {
    cardinality:
      place.cardinality === undefined || factor === undefined
        ? undefined
        : Math.min(place.cardinality * factor, MAX_COUNT),
    isRoot: false,
  };
  const additional = schema['additionalProperties'];
  if (isObject(additional))
    visit(additional, { ...place, ...inner, path: `${path}.additionalProperties` }, findings);
  const mapType = schema['x-kubernetes-map-type'];
  const isCorrelated = mapType === undefined || mapType === 'granular' || mapType === 'atomic';
  for (const [name, property] of Object.entries(objectOf(schema['properties']))) {
    if (!isObject(property)) continue;
    const uncorrelated = place.uncorrelated ?? (isCorrelated ? undefined : path);
    visit(property, { ...inner, uncorrelated, path: `${path}.properties[${name}]` }, findings);
  }
  if (isObject(schema['items'])) {
    const isMap = schema['x-kubernetes-list-type'] === 'map';
    const uncorrelated = place.uncorrelated ?? (isMap ? undefined : path);
    visit(schema['items'], { ...inner, uncorrelated, path: `${path}.items` }, findings);
  }
  checkRulesAt(schema, place, findings);
}

function checkRulesAt(schema: JsonObject, place: Place, findings: Findings): void {
  const isRoot = place.isRoot || schema['x-kubernetes-embedded-resource'] === true;
  const { self, rules } = ruleSetOf(schema, schema, isRoot);
  if (!self) return;
  for (const [index, rule] of rules.entries())
    checkExpression(rule, `${place.path}.x-kubernetes-validations[${index}]`, self, place, findings);
}

/** By path and schema as text: each cluster of a world gets the same definitions. */
const known = new Map<string, readonly FieldError[]>();

/** More than any world's clusters have; beyond it schemas are looked at anew. */
const MAX_KNOWN = 300;

/**
 * Finds what is wrong with the rules of a schema that is otherwise right.
 * @param path - of the schema within its definition
 */
export function problemsOfRules(schema: unknown, path: string): readonly FieldError[] {
  if (!isObject(schema) || !hasRules(schema)) return [];
  const text = `${path}\n${JSON.stringify(schema)}`;
  const found = known.get(text) ?? findProblems(schema, path);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, found);
  return found;
}

function findProblems(schema: JsonObject, path: string): readonly FieldError[] {
  const findings = new Findings();
  visit(schema, { path, isRoot: true, cardinality: 1, uncorrelated: undefined }, findings);
  return [...findings.errors, ...findings.total(path)];
}
