/** What a real kube-apiserver says of expressions: their values, and why they are refused. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { problemsOfRules } from '../../../../harness/simulator/kubernetes/registry/schema/rule-problems.ts';
import { checkRules } from '../../../../harness/simulator/kubernetes/registry/schema/rules.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../fixtures/cel/${name}`, import.meta.url), 'utf8'));

const schemaWith = (properties: unknown, rules: readonly unknown[]) => ({
  type: 'object',
  properties: { spec: { type: 'object', properties, 'x-kubernetes-validations': rules } },
});

t.test('expressions have the values that they have in a real API server', async t => {
  const { properties, spec, answers } = read('evaluations-1.34.json');
  for (const [expression, answer] of Object.entries<string>(answers)) {
    const isFailure = answer.startsWith('ERR ');
    const rule = isFailure
      ? { rule: `size([${expression}]) < 0`, message: 'm' }
      : { rule: 'false', messageExpression: `'got %s'.format([${expression}])` };
    const schema = schemaWith(properties, [rule]);
    const object = { apiVersion: 'a/v1', kind: 'A', metadata: { name: 'a' }, spec };
    const [error] = checkRules(object, undefined, schema);
    const reason = answer.slice('ERR '.length);
    const failure = reason.startsWith('no such overload')
      ? `'${reason}': call arguments did not match a supported operator, function or macro signature for rule: m`
      : `${reason} evaluating rule: m`;
    t.equal(error?.message, `Invalid value: "object": ${isFailure ? failure : `got ${answer}`}`, expression);
  }
});

t.test('rules are refused with the words of a real API server', async t => {
  const { properties, problems } = read('refusals-1.34.json');
  for (const [rule, problem] of Object.entries<string>(problems)) {
    const [error] = problemsOfRules(schemaWith(properties, [{ rule }]), 'schema');
    t.equal(error?.message.replace(/^.*?"OptionalOldSelf":null\}: /, ''), problem, rule);
  }
});
