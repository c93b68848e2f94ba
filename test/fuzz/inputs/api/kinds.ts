/** The kinds that requests are made for, and valid objects of them. */
import fc, { type Arbitrary } from 'fast-check';
import { createRandom } from '../../../../harness/base/random.ts';
import { BUILT_IN_RESOURCES } from '../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { apiVersionOf } from '../../../../harness/simulator/kubernetes/registry/resources.ts';
import { KINDS } from '../../../simulator/kubernetes/random-requests/kinds.ts';

/** What paths and bodies need to know of a kind. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly subresources: readonly string[];
  /** What a valid object has beside its metadata, for a number; undefined where none is known. */
  readonly content?: (seed: number) => object;
}

/** The definition of the custom kinds, which the world has from the beginning. */
export const DEFINITION = {
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList', shortNames: ['th'] },
    versions: ['v1', 'v1beta1'].map(name => ({
      name,
      served: true,
      storage: name === 'v1',
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' },
      },
      additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              'x-kubernetes-validations': [{ rule: '!has(self.size) || self.size < 9' }],
              properties: {
                size: { type: 'integer', minimum: 0, default: 1 },
                note: { type: 'string', maxLength: 9, pattern: '^[a-z]*$' },
                any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                port: { 'x-kubernetes-int-or-string': true },
                list: {
                  type: 'array',
                  'x-kubernetes-list-type': 'map',
                  'x-kubernetes-list-map-keys': ['name'],
                  items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
                },
              },
            },
            status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      },
    })),
  },
};

const CUSTOM: readonly ServedKind[] = ['v1', 'v1beta1'].map(version => ({
  apiVersion: `example.com/${version}`,
  plural: 'things',
  kind: 'Thing',
  namespaced: true,
  subresources: ['status', 'scale'],
  content: seed => ({ spec: { size: seed % 12, note: 'abc', list: [{ name: 'a' }] } }),
}));

const BUILT_IN: readonly ServedKind[] = BUILT_IN_RESOURCES.flatMap(type =>
  type.versions.map(version => {
    const apiVersion = apiVersionOf(type.group, version);
    const valid = KINDS.find(row => row.apiVersion === apiVersion && row.plural === type.plural);
    return {
      apiVersion,
      plural: type.plural,
      kind: type.kind,
      namespaced: type.namespaced,
      subresources: type.subresources.map(({ name }) => name),
      ...(valid && {
        content: (seed: number) =>
          valid.content({ random: createRandom(String(seed)), namespace: 'sample', app: 'app', name: 'a' }),
      }),
    };
  }),
);
const KNOWN = [...BUILT_IN, ...CUSTOM];

/** A kind; half of them one of those whose objects lead to the most work. */
export const servedKind: Arbitrary<ServedKind> = fc.oneof(
  fc.constantFrom(...KNOWN),
  fc.constantFrom(
    ...KNOWN.filter(({ content, subresources }) => content !== undefined && subresources.length > 0),
  ),
);
