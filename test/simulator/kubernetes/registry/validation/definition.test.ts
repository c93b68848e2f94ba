/**
 * What a real kube-apiserver 1.34.3 says to definitions of custom resources, each with one kind of mistake.
 */
import t from 'tap';
import type { KubernetesObject } from '../../../../../harness/base/kubernetes-client.ts';
import { validateDefinition } from '../../../../../harness/simulator/kubernetes/registry/validation/definition.ts';
import { warnOfFormats } from '../../../../../harness/simulator/kubernetes/registry/validation/definition-formats.ts';

type Json = Record<string, unknown>;

const A = 'spec.validation.openAPIV3Schema.properties[spec].properties[a]';
const ROOT = 'spec.validation.openAPIV3Schema';
const LIST = { type: 'array', items: { type: 'string' } };
const ofA = (a: Json): Json => ({
  type: 'object',
  properties: { spec: { type: 'object', properties: { a } } },
});

function definition(schema: Json, version: Json = {}, spec: Json = {}): KubernetesObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'lamps.ex.io' },
    spec: {
      group: 'ex.io',
      scope: 'Namespaced',
      names: { plural: 'lamps', singular: 'lamp', kind: 'Lamp', listKind: 'LampList' },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version },
      ],
      conversion: { strategy: 'None' },
      ...spec,
    },
  };
}

const webhook = (clientConfig: unknown, conversionReviewVersions: unknown = ['v1']): Json => ({
  conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions } },
});

const rows: readonly { what: string; from: KubernetesObject; expected: readonly string[] }[] = [
  { what: 'nothing', from: definition(ofA({ type: 'string' })), expected: [] },
  {
    what: 'a field without a type',
    from: definition(ofA({ description: 'x' })),
    expected: [`${A}.type: Required value: must not be empty for specified object fields`],
  },
  {
    what: 'an alternative with structure of its own',
    from: definition(ofA({ type: 'string', oneOf: [{ description: 'x' }], not: { nullable: true } })),
    expected: [
      `${A}.not.nullable: Forbidden: must be false to be structural`,
      `${A}.oneOf[0].description: Forbidden: must be empty to be structural`,
    ],
  },
  {
    what: 'an alternative that speaks of an unknown field',
    from: definition({ type: 'object', anyOf: [{ properties: { c: { pattern: 'x' } } }] }),
    expected: [
      `${ROOT}.properties[c]: Required value: because it is defined in ${ROOT}.anyOf[0].properties[c]`,
    ],
  },
  {
    what: 'the alternatives of an integer or string',
    from: definition(
      ofA({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
    ),
    expected: [],
  },
  {
    what: 'a pattern that Go cannot read',
    from: definition(ofA({ type: 'string', pattern: 'a(?=b)' })),
    expected: [
      `${A}.pattern: Invalid value: "a(?=b)": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: \`(?=\``,
    ],
  },
  {
    what: 'defaults of the wrong type and shape',
    from: definition(
      ofA({ type: 'object', properties: { b: { type: 'integer' } }, default: { b: 'x', c: 1 } }),
    ),
    expected: [
      `${A}.default: Invalid value: {"b":"x","c":1}: must not have unknown fields`,
      `${A}.default.b: Invalid value: "string": b in body must be of type integer: "string"`,
    ],
  },
  {
    what: 'metadata that is more than names',
    from: definition({
      type: 'object',
      properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
    }),
    expected: [
      `${ROOT}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ],
  },
  {
    what: 'a struct that is a map as well, and other things that schemas do not have',
    from: definition(
      ofA({
        type: 'object',
        properties: { b: { type: 'string' } },
        additionalProperties: { type: 'string' },
        uniqueItems: true,
      }),
    ),
    expected: [
      `${A}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
      `${A}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
  },
  {
    what: 'a map without its keys, and a set of what has parts',
    from: definition(
      ofA({
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['n'],
        items: { type: 'object', properties: { n: { type: 'string' } } },
      }),
    ),
    expected: [
      `${A}.items.properties[n].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
  },
  {
    what: 'a set of objects with parts',
    from: definition(ofA({ type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } })),
    expected: [
      `${A}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
    ],
  },
  {
    what: 'columns of no type, and without a path',
    from: definition(ofA(LIST), { additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'a' }] }),
    expected: [
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "a": must be a simple json path starting with .',
    ],
  },
  {
    what: 'fields that nobody can select by',
    from: definition(ofA(LIST), { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.b' }] }),
    expected: [
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec.a": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      'spec.selectableFields[1].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
    ],
  },
  {
    what: 'a scale outside spec and status',
    from: definition(ofA(LIST), {
      subresources: { scale: { specReplicasPath: 'spec.a', statusReplicasPath: '.spec.a' } },
    }),
    expected: [
      'spec.subresources.scale.specReplicasPath: Invalid value: "spec.a": must be a simple json path starting with .',
      'spec.subresources.scale.statusReplicasPath: Invalid value: ".spec.a": should be a json path under .status',
    ],
  },
  {
    what: 'a group of the community',
    from: {
      ...definition(ofA(LIST), {}, { group: 'ex.k8s.io' }),
      metadata: { name: 'lamps.ex.k8s.io', annotations: { 'api-approved.kubernetes.io': 'yes' } },
    },
    expected: [
      'metadata.annotations[api-approved.kubernetes.io]: Invalid value: "yes": protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
  },
  {
    what: 'a conversion that nobody can be asked for',
    from: definition(ofA(LIST), {}, webhook(undefined, [])),
    expected: [
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
      'spec.conversion.conversionReviewVersions: Required value',
    ],
  },
  {
    what: 'a conversion at no address, in no version',
    from: definition(ofA(LIST), {}, webhook({ url: 'http://u@h/?q' }, ['v9'])),
    expected: [
      `spec.conversion.webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
      'spec.conversion.webhookClientConfig.url: Invalid value: "u": user information is not permitted in the URL',
      'spec.conversion.webhookClientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
      'spec.conversion.conversionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1',
    ],
  },
  {
    what: 'unknown fields for all',
    from: definition(ofA(LIST), {}, { preserveUnknownFields: true }),
    expected: [
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    ],
  },
  {
    what: 'no version that is stored',
    from: definition(ofA(LIST), { storage: false }),
    expected: [
      'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ],
  },
  {
    what: 'a mistake in one of two versions',
    from: definition(
      ofA(LIST),
      {},
      {
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: ofA(LIST) } },
          { name: 'v2', served: true, storage: false, schema: { openAPIV3Schema: ofA({}) } },
        ],
      },
    ),
    expected: [
      'spec.versions[1].schema.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields',
    ],
  },
  {
    what: 'a rule without an expression, and one with a path to nowhere',
    from: definition(
      ofA({ ...LIST, 'x-kubernetes-validations': [{ rule: ' ' }, { rule: 'true', fieldPath: '.x' }] }),
    ),
    expected: [
      `${A}.x-kubernetes-validations[0].rule: Required value: rule is not specified`,
      `${A}.x-kubernetes-validations[1].fieldPath: Invalid value: ".x": must be a valid path`,
    ],
  },
];

for (const { what, from, expected } of rows) {
  t.test(`a definition with ${what}`, async t => {
    const errors = validateDefinition(from, undefined);
    t.same(
      errors.map(({ field, message }) => `${field}: ${message}`),
      expected,
    );
  });
}

t.test('an update may keep what is no longer allowed', async t => {
  const old = definition(ofA(LIST), {}, { preserveUnknownFields: true });
  t.same(validateDefinition(old, { ...old, status: { storedVersions: ['v1'] } }), []);
});

t.test('formats that nobody knows are told once', async t => {
  const warnings: string[] = [];
  const from = definition(ofA({ type: 'string', format: 'lamp' }));
  warnOfFormats(from, undefined, text => warnings.push(text));
  warnOfFormats(from, from, text => warnings.push(text));
  warnOfFormats(definition(ofA({ type: 'string', format: 'date-time' })), undefined, text =>
    warnings.push(text),
  );
  t.same(warnings, ['unrecognized format "lamp"']);
});
