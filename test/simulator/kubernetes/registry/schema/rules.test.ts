import t from 'tap';
import { checkRules } from '../../../../../harness/simulator/kubernetes/registry/schema/rules.ts';
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

const text = (more: Record<string, unknown> = {}) => ({ type: 'string', ...more });
const notBad = rule('self != "bad"');
/** As a real kube-apiserver 1.34.3 has it: rules that came later than what breaks them. */
const RATCHETED = ofSpec({
  type: 'object',
  properties: {
    a: text(rule('self != "bad"', { message: 'a is bad' })),
    b: { type: 'integer' },
    fixed: text(rule('self == oldSelf', { message: 'immutable' })),
    list: { type: 'array', items: { type: 'object', properties: { x: text(notBad) } } },
    map: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', properties: { k: text(), v: text(notBad) } },
    },
    grows: text(
      rule('!oldSelf.hasValue() || self.size() >= oldSelf.value().size()', {
        optionalOldSelf: true,
        message: 'shrinks',
      }),
    ),
  },
  ...rule('!has(self.b) || self.b < 5', { message: 'b is big' }),
});

const before = {
  a: 'bad',
  b: 7,
  fixed: 'q',
  list: [{ x: 'bad' }],
  map: [
    { k: '1', v: 'bad' },
    { k: '2', v: 'x' },
  ],
  grows: 'abc',
};

interface Update {
  readonly change: Record<string, unknown>;
  readonly errors: readonly string[];
  readonly warned: readonly string[];
}

const updates: readonly Update[] = [
  { change: {}, errors: [], warned: ['spec', 'spec.a', 'spec.list[0].x', 'spec.map[0].v'] },
  { change: { b: 3 }, errors: [], warned: ['spec.a', 'spec.list[0].x', 'spec.map[0].v'] },
  { change: { b: 8 }, errors: ['spec'], warned: ['spec.a', 'spec.list[0].x', 'spec.map[0].v'] },
  { change: { a: 'ok', b: 3 }, errors: [], warned: ['spec.list[0].x', 'spec.map[0].v'] },
  {
    change: { fixed: 'r', b: 3 },
    errors: ['spec.fixed'],
    warned: ['spec.a', 'spec.list[0].x', 'spec.map[0].v'],
  },
  {
    change: { list: [{ x: 'bad' }, { x: 'ok' }], b: 3 },
    errors: ['spec.list[0].x'],
    warned: ['spec.a', 'spec.map[0].v'],
  },
  {
    change: { map: [...before.map].reverse() },
    errors: [],
    warned: ['spec', 'spec.a', 'spec.list[0].x', 'spec.map[1].v'],
  },
  {
    change: { map: [{ k: '3', v: 'bad' }], b: 3 },
    errors: ['spec.map[0].v'],
    warned: ['spec.a', 'spec.list[0].x'],
  },
  {
    change: { grows: 'ab', b: 3 },
    errors: ['spec.grows'],
    warned: ['spec.a', 'spec.list[0].x', 'spec.map[0].v'],
  },
];

t.test('what is as it was is warned of, what has changed is refused', async t => {
  for (const { change, errors, warned } of updates) {
    const warnings: string[] = [];
    const found = checkRules({ spec: { ...before, ...change } }, { spec: before }, RATCHETED, {
      warn: warning => warnings.push(warning),
    });
    const name = JSON.stringify(change);
    t.same(
      found.map(({ field }) => field),
      errors,
      name,
    );
    t.same(
      warnings.map(warning => warning.split(':')[0]),
      warned,
      name,
    );
  }
});
