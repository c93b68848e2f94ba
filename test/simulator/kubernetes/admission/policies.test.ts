/** ValidatingAdmissionPolicies: what a real kube-apiserver 1.34.3 answers. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { type ApiWorld, apiWorld, configMaps, refusalOf } from '../api-world.ts';
import { asker } from '../raw-request.ts';

const API = 'admissionregistration.k8s.io/v1';
const policies = { apiVersion: API, plural: 'validatingadmissionpolicies' };
const bindings = { apiVersion: API, plural: 'validatingadmissionpolicybindings' };

type Spec = Readonly<Record<string, unknown>>;

const rulesFor = (resource: string, more: Spec = {}) => ({
  resourceRules: [
    {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE'],
      resources: [resource],
      ...more,
    },
  ],
});

const policy = (spec: Spec): KubernetesObject => ({
  apiVersion: API,
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'pol' },
  spec: { matchConstraints: rulesFor('configmaps'), ...spec },
});

const binding = (spec: Spec = {}): KubernetesObject => ({
  apiVersion: API,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'bind' },
  spec: { policyName: 'pol', validationActions: ['Deny'], ...spec },
});

const map = (name: string, data?: Spec): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...(data && { data }),
});

async function enact({ admin }: ApiWorld, spec: Spec, bound: Spec = {}): Promise<void> {
  await admin.create(policies, policy(spec));
  await admin.create(bindings, binding(bound));
}

const denied = (text: string) =>
  `ValidatingAdmissionPolicy 'pol' with binding 'bind' denied request: ${text}`;

t.test('a policy has its defaults', async t => {
  await using world = await apiWorld();
  await enact(world, { validations: [{ expression: 'true' }] }, { matchResources: {} });
  const made = await world.admin.get({ ...policies, name: 'pol' });
  t.match(made?.['spec'], {
    failurePolicy: 'Fail',
    matchConstraints: {
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      resourceRules: [{ scope: '*' }],
    },
  });
  const bound = await world.admin.get({ ...bindings, name: 'bind' });
  t.match(bound?.['spec'], { matchResources: { matchPolicy: 'Equivalent', objectSelector: {} } });
});

interface Row {
  readonly name: string;
  readonly spec: Spec;
  readonly bound?: Spec;
  readonly object?: KubernetesObject;
  /** Undefined: it is taken. */
  readonly refusal?: string;
}

const says = (expression: string, more: Spec = {}) => ({ validations: [{ expression, ...more }] });

const rows: readonly Row[] = [
  {
    name: 'a message',
    spec: says('object.data.a == "ok"', { message: 'say ok' }),
    refusal: `422 Invalid: configmaps "x" is forbidden: ${denied('say ok')}`,
  },
  {
    name: 'no message',
    spec: says(' object.data.a == "ok"'),
    refusal: `422 Invalid: configmaps "x" is forbidden: ${denied('failed expression: object.data.a == "ok"')}`,
  },
  {
    name: 'a computed message and a reason',
    spec: says('!has(object.data.a)', { messageExpression: '"a is " + object.data.a', reason: 'Forbidden' }),
    refusal: `403 Forbidden: configmaps "x" is forbidden: ${denied('a is no')}`,
  },
  {
    name: 'an error',
    spec: says('object.data.a == "ok"'),
    object: map('x'),
    refusal: `422 Invalid: configmaps "x" is forbidden: ${denied(
      `expression 'object.data.a == "ok"' resulted in error: no such key: data`,
    )}`,
  },
  {
    name: 'an error that is ignored',
    spec: { ...says('object.data.a == "ok"'), failurePolicy: 'Ignore' },
    object: map('x'),
  },
  { name: 'what holds', spec: says('object.data.a == "no" && oldObject == null && request.name == "x"') },
  {
    name: 'variables, each out of the ones before',
    spec: {
      variables: [
        { name: 'a', expression: 'object.data.a' },
        { name: 'up', expression: 'variables.a.upperAscii()' },
      ],
      ...says('variables.up == "OK"', { messageExpression: '"up is " + variables.up' }),
    },
    refusal: `422 Invalid: configmaps "x" is forbidden: ${denied('up is NO')}`,
  },
  {
    name: 'a variable that has no value',
    spec: { variables: [{ name: 'b', expression: 'object.data.b' }], ...says('variables.b == "OK"') },
    refusal: `422 Invalid: configmaps "x" is forbidden: ${denied(
      `expression 'variables.b == "OK"' resulted in error: composited variable "b" fails to evaluate: no such key: b`,
    )}`,
  },
  {
    name: 'a condition that excludes the request',
    spec: { matchConditions: [{ name: 'c', expression: 'request.name != "x"' }], ...says('false') },
  },
  {
    name: 'the namespace',
    spec: says('namespaceObject.metadata.name == "other"', { message: 'elsewhere' }),
    refusal: `422 Invalid: configmaps "x" is forbidden: ${denied('elsewhere')}`,
  },
  {
    name: 'a kind of parameters that is not there',
    spec: { paramKind: { apiVersion: 'x.y/v1', kind: 'Nope' }, ...says('true') },
    refusal:
      '422 Invalid: configmaps "x" is forbidden: ' +
      "ValidatingAdmissionPolicy 'pol' denied request: failed to configure policy: " +
      "failed to find resource referenced by paramKind: 'x.y/v1, Kind=Nope'",
  },
  {
    name: 'the namespace, whose times are texts',
    spec: says('false', {
      messageExpression: 'string(namespaceObject.metadata.creationTimestamp.getFullYear())',
      message: 'no year',
    }),
    refusal: `422 Invalid: configmaps "x" is forbidden: ${denied('no year')}`,
  },
  {
    name: 'the authorizer',
    spec: says('authorizer.requestResource.check("delete").allowed()'),
  },
  {
    name: 'a rule that names other objects',
    spec: { ...says('false'), matchConstraints: rulesFor('configmaps', { resourceNames: ['y'] }) },
  },
  {
    name: 'a rule that excludes it',
    spec: {
      ...says('false'),
      matchConstraints: {
        ...rulesFor('*'),
        excludeResourceRules: rulesFor('configmaps').resourceRules,
      },
    },
  },
  {
    name: 'a binding for other namespaces',
    spec: says('false'),
    bound: { matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } },
  },
  { name: 'a binding for another policy', spec: says('false'), bound: { policyName: 'other' } },
  { name: 'a binding that only audits', spec: says('false'), bound: { validationActions: ['Audit'] } },
  {
    name: 'an audit annotation that fails',
    spec: { auditAnnotations: [{ key: 'k', valueExpression: 'string(object.data.b)' }] },
    refusal: `422 Invalid: configmaps "x" is forbidden: ${denied(
      "expression 'string(object.data.b)' resulted in error: no such key: b",
    )}`,
  },
];

for (const { name, spec, bound, object = map('x', { a: 'no' }), refusal = 'none' } of rows) {
  t.test(`a policy sees ${name}`, async t => {
    await using world = await apiWorld();
    await enact(world, spec, bound);
    t.equal(await refusalOf(world.admin.create(configMaps, object)), refusal);
  });
}

t.test('a refusal has its text as a cause', async t => {
  await using world = await apiWorld();
  await enact(world, says('false', { message: 'no' }));
  const answer = await asker(world)({
    method: 'POST',
    path: '/api/v1/namespaces/sample/configmaps',
    body: map('x'),
  });
  t.match(answer.body, {
    code: 422,
    details: { name: 'x', kind: 'configmaps', causes: [{ message: denied('no') }] },
  });
});

t.test('a binding that warns lets the request pass', async t => {
  await using world = await apiWorld();
  await enact(world, says('false', { message: 'no' }), { validationActions: ['Warn'] });
  const answer = await asker(world)({
    method: 'POST',
    path: '/api/v1/namespaces/sample/configmaps',
    body: map('x'),
  });
  t.equal(answer.code, 201);
  t.match(
    answer.warnings.join(),
    "Validation failed for ValidatingAdmissionPolicy 'pol' with binding 'bind': no",
  );
});

t.test('a policy has the parameters that its binding names', async t => {
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: rulesFor('secrets'),
    ...says('object.metadata.name.startsWith(params.data.prefix)', {
      messageExpression: '"must start with " + params.data.prefix',
    }),
  };
  const secrets = { apiVersion: 'v1', plural: 'secrets', namespace: 'sample' };
  const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name } });
  await using world = await apiWorld();
  const paramRef = { name: 'param', namespace: 'default', parameterNotFoundAction: 'Deny' };
  await enact(world, spec, { paramRef });
  const missing =
    'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction';
  t.equal(
    await refusalOf(world.admin.create(secrets, secret('s'))),
    `422 Invalid: secrets "s" is forbidden: ${denied(missing)}`,
  );
  await world.admin.create({ ...configMaps, namespace: 'default' }, map('param', { prefix: 'p-' }));
  t.equal(
    await refusalOf(world.admin.create(secrets, secret('s'))),
    `422 Invalid: secrets "s" is forbidden: ${denied('must start with p-')}`,
  );
  t.equal(await refusalOf(world.admin.create(secrets, secret('p-1'))), 'none');
});

t.test('policies that say nothing right are refused', async t => {
  await using world = await apiWorld();
  const refusal = async (spec: Spec) => refusalOf(world.admin.create(policies, policy(spec)));
  t.match(
    await refusal({}),
    'spec.validations: Required value: validations or auditAnnotations must contain',
  );
  t.match(
    await refusal(says('object.spec.x > ')),
    /spec.validations\[0\].expression: Invalid value: "object.spec.x > ": compilation failed: ERROR: <input>:1:17: /,
  );
  t.match(
    await refusal(says('"a"')),
    'spec.validations[0].expression: Invalid value: "\\"a\\"": must evaluate to bool but got string',
  );
  t.match(await refusal(says('variables.a == 1')), "undeclared reference to 'variables'");
  t.match(
    await refusal({ variables: [{ name: 'a-b', expression: '1' }], ...says('true') }),
    'spec.variables[0].name: Invalid value: "a-b": must be a valid CEL identifier',
  );
  t.match(await refusal(says('params.x == 1')), "undeclared reference to 'params'");
  t.match(
    await refusal(says('true', { messageExpression: 'authorizer.group("a") == null' })),
    "undeclared reference to 'authorizer'",
  );
  t.match(
    await refusal({ ...says('true'), matchConstraints: {} }),
    'spec.matchConstraints.resourceRules: Required',
  );
  t.match(
    await refusalOf(world.admin.create(bindings, binding({ validationActions: ['Deny', 'Warn'] }))),
    'must not contain both Deny and Warn',
  );
  t.match(
    await refusalOf(world.admin.create(bindings, binding({ paramRef: { name: 'a' } }))),
    'spec.paramRef.parameterNotFoundAction: Required value',
  );
});
