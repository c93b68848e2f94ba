/** Label and field selectors: parsing with the server's error texts, and matching. */

import { isObject, type KubernetesObject, listOf, objectsOf, stringOf, stringsOf, valueAt } from './json.ts';
import { keyOf, type ResourceType } from './resources.ts';
import { badRequest } from './status.ts';

export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  readonly values: readonly string[];
}

/** All requirements must hold; none matches everything. */
export type LabelSelector = readonly Requirement[];

type Token = { readonly kind: 'word' | 'symbol' | 'end'; readonly text: string };

const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** apimachinery pkg/labels/selector.go, Lexer. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string; // in range
    if (/\s/.test(char)) {
      at++;
    } else if ('=!(),<>'.includes(char)) {
      const two = text.slice(at, at + 2);
      const symbol = two === '==' || two === '!=' ? two : char;
      tokens.push({ kind: 'symbol', text: symbol });
      at += symbol.length;
    } else {
      const start = at;
      while (at < text.length && !/[\s=!(),<>]/.test(text[at] as string)) at++;
      tokens.push({ kind: 'word', text: text.slice(start, at) });
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

const cannotParse = (detail: string) => badRequest(`unable to parse requirement: ${detail}`);

/** @throws ApiError 400 with the server's words */
export function parseLabelSelector(text: string): LabelSelector {
  const tokens = tokenize(text);
  let at = 0;
  const peek = () => tokens[Math.min(at, tokens.length - 1)] as Token; // the last token is the end
  const next = () => tokens[Math.min(at++, tokens.length - 1)] as Token;
  const requirements: Requirement[] = [];
  if (peek().kind === 'end') return requirements;
  for (;;) {
    requirements.push(requirement());
    const separator = next();
    if (separator.kind === 'end') break;
    if (separator.text !== ',')
      throw cannotParse(`found '${separator.text}', expected: ',' or 'end of string'`);
    if (peek().kind !== 'word' && peek().text !== '!') {
      throw cannotParse(`found '${peek().text}', expected: identifier after ','`);
    }
  }
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

  function requirement(): Requirement {
    let negated = false;
    if (peek().text === '!') {
      next();
      negated = true;
    }
    const key = next();
    if (key.kind !== 'word') throw cannotParse(`found '${key.text}', expected: identifier`);
    checkKey(key.text);
    const following = peek();
    if (negated) {
      if (following.kind === 'end' || following.text === ',')
        return { key: key.text, operator: '!', values: [] };
      throw cannotParse(`found '${following.text}', expected: ',' or 'end of string'`);
    }
    if (following.kind === 'end' || following.text === ',')
      return { key: key.text, operator: 'exists', values: [] };
    next();
    switch (following.text) {
      case '=':
      case '==':
        return { key: key.text, operator: 'in', values: [exactValue(key.text)] };
      case '!=':
        return { key: key.text, operator: 'notin', values: [exactValue(key.text)] };
      case 'in':
      case 'notin':
        return { key: key.text, operator: following.text, values: valueSet(key.text) };
      case '>':
      case '<': {
        const bound = exactValue(key.text);
        if (!/^-?\d+$/.test(bound)) {
          throw badRequest(
            `unable to parse requirement: values[0][${key.text}]: Invalid value: ${JSON.stringify(bound)}: for 'Gt', 'Lt' operators, the value must be an integer`,
          );
        }
        return { key: key.text, operator: following.text === '>' ? 'gt' : 'lt', values: [bound] };
      }
      default:
        throw cannotParse(`found '${following.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }
  function exactValue(key: string): string {
    if (peek().kind === 'end' || peek().text === ',') return '';
    const value = next();
    if (value.kind !== 'word') throw cannotParse(`found '${value.text}', expected: identifier`);
    checkValue(key, value.text);
    return value.text;
  }
  function valueSet(key: string): string[] {
    const open = next();
    if (open.text !== '(') throw cannotParse(`found '${open.text}', expected: '('`);
    const values: string[] = [];
    if (peek().text === ')') {
      next();
      return [''];
    }
    for (;;) {
      if (peek().text === ',' || peek().text === ')') {
        values.push('');
      } else {
        const value = next();
        if (value.kind !== 'word')
          throw cannotParse(`found '${value.text}', expected: ',', ')' or identifier`);
        checkValue(key, value.text);
        values.push(value.text);
      }
      const after = next();
      if (after.text === ')') return [...new Set(values)].sort();
      if (after.text !== ',') throw cannotParse(`found '${after.text}', expected: ',' or ')'`);
    }
  }
}

function checkKey(key: string): void {
  if (LABEL_KEY.test(key)) return;
  throw badRequest(
    `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
  );
}

function checkValue(key: string, value: string): void {
  if (LABEL_VALUE.test(value) && value.length <= 63) return;
  throw badRequest(
    `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  );
}

function holds({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) > BigInt(values[0] ?? '0');
    case 'lt':
      return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) < BigInt(values[0] ?? '0');
  }
}

export function matchesLabels(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return selector.every(requirement => {
    const value = labels && Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
    return holds(requirement, value);
  });
}

const OPERATORS: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/**
 * A `LabelSelector` object (`matchLabels`, `matchExpressions`); undefined matches nothing, an empty one
 * everything.
 */
export function selectorFromObject(selector: unknown): LabelSelector | undefined {
  if (!isObject(selector)) return undefined;
  const requirements: Requirement[] = Object.entries(stringsOf(selector['matchLabels'])).map(
    ([key, value]) => ({
      key,
      operator: 'in',
      values: [value],
    }),
  );
  for (const expression of objectsOf(selector['matchExpressions'])) {
    requirements.push({
      key: stringOf(expression['key']) ?? '',
      operator: OPERATORS[stringOf(expression['operator']) ?? ''] ?? 'in',
      values: listOf(expression['values']).filter(value => typeof value === 'string'),
    });
  }
  return requirements;
}

/** Does a `LabelSelector` object match? An absent selector matches nothing. */
export function objectSelectorMatches(
  selector: unknown,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const parsed = selectorFromObject(selector);
  return parsed !== undefined && matchesLabels(parsed, labels);
}

/** The selector as a string, as Scale's status and printed columns have it: `app=d1,version in (v1,v2)`. */
export function formatLabelSelector(selector: LabelSelector): string {
  return [...selector]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      if (operator === 'exists') return key;
      if (operator === '!') return `!${key}`;
      if (operator === 'in' && values.length === 1) return `${key}=${values[0]}`;
      if (operator === 'gt') return `${key}>${values[0]}`;
      if (operator === 'lt') return `${key}<${values[0]}`;
      return `${key} ${operator} (${values.join(',')})`;
    })
    .join(',');
}

export interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

export type FieldSelector = readonly FieldRequirement[];

type FieldReader = (object: KubernetesObject) => string;
const at =
  (...path: readonly (string | number)[]): FieldReader =>
  object => {
    const value = valueAt(object, ...path);
    return value === undefined || value === null ? '' : String(value);
  };

const METADATA_FIELDS: Readonly<Record<string, FieldReader>> = {
  'metadata.name': object => object.metadata.name ?? '',
  'metadata.namespace': object => object.metadata.namespace ?? '',
};

const involved = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/**
 * What each kind supports beyond the two of metadata (pkg/registry/core/<kind>/strategy.go,
 * pkg/apis/core/v1/conversion.go @v1.32).
 */
const FIELDS: Readonly<Record<string, Readonly<Record<string, FieldReader>>>> = {
  pods: {
    'spec.nodeName': at('spec', 'nodeName'),
    'spec.restartPolicy': at('spec', 'restartPolicy'),
    'spec.schedulerName': at('spec', 'schedulerName'),
    'spec.serviceAccountName': at('spec', 'serviceAccountName'),
    'spec.hostNetwork': object => String(valueAt(object, 'spec', 'hostNetwork') === true),
    'status.phase': at('status', 'phase'),
    'status.podIP': at('status', 'podIP'),
    'status.podIPs': at('status', 'podIP'),
    'status.nominatedNodeName': at('status', 'nominatedNodeName'),
  },
  secrets: { type: at('type') },
  namespaces: { 'status.phase': at('status', 'phase') },
  services: { 'spec.clusterIP': at('spec', 'clusterIP'), 'spec.type': at('spec', 'type') },
  nodes: { 'spec.unschedulable': object => String(valueAt(object, 'spec', 'unschedulable') === true) },
  replicationcontrollers: { 'status.replicas': at('status', 'replicas') },
  'replicasets.apps': { 'status.replicas': at('status', 'replicas') },
  'jobs.batch': { 'status.successful': at('status', 'succeeded') },
  'certificatesigningrequests.certificates.k8s.io': { 'spec.signerName': at('spec', 'signerName') },
  events: {
    ...Object.fromEntries(involved.map(name => [`involvedObject.${name}`, at('involvedObject', name)])),
    reason: at('reason'),
    reportingComponent: at('reportingComponent'),
    source: object =>
      String(valueAt(object, 'source', 'component') ?? valueAt(object, 'reportingComponent') ?? ''),
    type: at('type'),
  },
};

/** `a=b,c!=d`; `\` escapes. @throws ApiError 400 for a field that the type does not offer */
export function parseFieldSelector(text: string, type: ResourceType): FieldSelector {
  const own = FIELDS[keyOf(type)];
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const match = /^([^=!]*?)(==|!=|=)((?:\\.|[^\\])*)$/.exec(term);
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const field = match[1] ?? '';
    if (!Object.hasOwn(METADATA_FIELDS, field) && !(own && Object.hasOwn(own, field))) {
      throw badRequest(
        own
          ? `field label not supported: ${field}`
          : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
      );
    }
    requirements.push({ field, equal: match[2] !== '!=', value: (match[3] ?? '').replace(/\\(.)/g, '$1') });
  }
  return requirements;
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let current = '';
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string; // in range
    if (char === '\\' && index + 1 < text.length) current += char + text[++index];
    else if (char === ',') {
      terms.push(current);
      current = '';
    } else current += char;
  }
  terms.push(current);
  return terms;
}

export function matchesFields(
  selector: FieldSelector,
  type: ResourceType,
  object: KubernetesObject,
): boolean {
  return selector.every(({ field, value, equal }) => {
    const reader = METADATA_FIELDS[field] ?? FIELDS[keyOf(type)]?.[field];
    return (reader?.(object) === value) === equal;
  });
}

/** The name if the selector demands one: RBAC treats such a list or watch as one of that name. */
export function demandedName(selector: FieldSelector): string | undefined {
  return selector.find(({ field, equal }) => field === 'metadata.name' && equal)?.value;
}

/** What a list or watch is restricted to. */
export interface Filter {
  readonly namespace?: string;
  readonly labels?: LabelSelector;
  readonly fields?: FieldSelector;
}

export function matchesFilter(filter: Filter, type: ResourceType, object: KubernetesObject): boolean {
  if (
    filter.namespace !== undefined &&
    filter.namespace !== '' &&
    object.metadata.namespace !== filter.namespace
  )
    return false;
  if (filter.labels && !matchesLabels(filter.labels, object.metadata.labels)) return false;
  return !filter.fields || matchesFields(filter.fields, type, object);
}
