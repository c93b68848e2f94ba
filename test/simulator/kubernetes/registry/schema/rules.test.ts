import t from 'tap';
import { validateStructure } from '../../../../../harness/simulator/kubernetes/registry/schema/structural.ts';

const rule = (text: string, more: Record<string, unknown> = {}) => ({
  'x-kubernetes-validations': [{ rule: text, ...more }],
});
const ofSpec = (schema: Record<string, unknown>) => ({ type: 'object', properties: { spec: schema } });

interface Row {
  readonly name: string;
  readonly schema: Record<string, unknown>;
  readonly spec: unknown;
  readonly old?: unknown;
  readonly expected: readonly string[];
}

/** The shapes of rules that Istio's own definitions use, among others. */
const rows: readonly Row[] = [
  {
    name: 'one of several',
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'integer' } },
      ...rule('(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) <= 1'),
    },
    spec: { a: 1, b: 2 },
    expected: [
      'spec: Invalid value: "object": failed rule: (has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) <= 1',
    ],
  },
  {
    name: 'an integer by its schema',
    schema: {
      type: 'object',
      properties: { n: { type: 'integer', ...rule('self % 2 == 0', { message: 'must be even' }) } },
    },
    spec: { n: 3 },
    expected: ['spec.n: Invalid value: "integer": must be even'],
  },
  {
    name: 'each element',
    schema: {
      type: 'array',
      items: { type: 'string', ...rule("!self.startsWith('*')", { message: 'no wildcards' }) },
    },
    spec: ['a', '*.b'],
    expected: ['spec[1]: Invalid value: "string": no wildcards'],
  },
  {
    name: 'each value of a map',
    schema: {
      type: 'object',
      additionalProperties: { type: 'string', ...rule('self.size() < 3', { message: 'too long' }) },
    },
    spec: { k: 'abc' },
    expected: ['spec[k]: Invalid value: "string": too long'],
  },
  {
    name: 'a path and a reason of its own',
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' } },
      ...rule('has(self.a)', { fieldPath: '.a', reason: 'FieldValueRequired', message: 'say a' }),
    },
    spec: {},
    expected: ['spec.a: Required value: say a'],
  },
  {
    name: 'a message that is computed',
    schema: {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      ...rule('self.a == self.b', { messageExpression: "'got ' + self.a" }),
    },
    spec: { a: 'x', b: 'y' },
    expected: ['spec: Invalid value: "object": got x'],
  },
  {
    name: 'a rule that fails to find what it asks for',
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' } },
      ...rule('self.a > 1', { message: 'more' }),
    },
    spec: {},
    expected: ['spec: Invalid value: "object": no such key: a evaluating rule: more'],
  },
  {
    name: 'what may not change, at a creation',
    schema: { type: 'string', ...rule('self == oldSelf', { message: 'fixed' }) },
    spec: 'a',
    expected: [],
  },
  {
    name: 'what may not change, at an update',
    schema: { type: 'string', ...rule('self == oldSelf', { message: 'fixed' }) },
    spec: 'a',
    old: 'b',
    expected: ['spec: Invalid value: "string": fixed'],
  },
  {
    name: 'what may not change, in a list that is a map',
    schema: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        properties: { v: { type: 'integer' } },
        ...rule('self.v == oldSelf.v', { message: 'fixed' }),
      },
    },
    spec: [
      { name: 'new', v: 1 },
      { name: 'kept', v: 2 },
    ],
    old: [{ name: 'kept', v: 1 }],
    expected: ['spec[1]: Invalid value: "object": fixed'],
  },
  {
    name: 'names from a prototype are no fields',
    schema: {
      type: 'object',
      additionalProperties: { type: 'string' },
      ...rule("!has(self.constructor) && !('__proto__' in self)"),
    },
    spec: {},
    expected: [],
  },
  {
    name: 'nothing, as long as something basic is wrong',
    schema: { type: 'object', required: ['a'], ...rule('false') },
    spec: {},
    expected: [
      'spec.a: Required value',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ],
  },
];

for (const { name, schema, spec, old, expected } of rows) {
  t.test(`rules see ${name}`, async t => {
    const before = old === undefined ? undefined : { spec: old };
    const errors = validateStructure({ spec }, before, { schema: ofSpec(schema) });
    t.same(
      errors.map(({ field, message }) => `${field}: ${message}`),
      expected,
    );
  });
}
