/** A kind of custom resources with most of what a schema can say, for tests. */
import type { KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { type ApiWorld, apiWorld } from './api-world.ts';

export const lamps = { apiVersion: 'ex.io/v1', plural: 'lamps', namespace: 'sample' };
export const it = (name: string, subresource = '') => ({
  ...lamps,
  name,
  ...(subresource && { subresource }),
});
export const definitions = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };

const byName = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' }, watt: { type: 'integer', default: 40, maximum: 100 } },
  },
};

export const specSchema = {
  type: 'object',
  properties: {
    color: { type: 'string', enum: ['red', 'blue'] },
    maybe: { type: 'string', nullable: true },
    count: { type: 'integer' },
    text: { type: 'string', pattern: '^[[:lower:]]+$' },
    when: { type: 'string', format: 'date-time' },
    tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    bulbs: byName,
    pairs: {
      type: 'array',
      items: {
        type: 'object',
        properties: { left: { type: 'string' }, right: { type: 'string', default: 'r' } },
      },
    },
    either: {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    template: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
    },
  },
};

export const schema = {
  type: 'object',
  properties: {
    spec: specSchema,
    status: {
      type: 'object',
      default: { phase: 'Unknown' },
      properties: { phase: { type: 'string', enum: ['Unknown', 'Up'] }, lit: { type: 'integer' } },
    },
  },
};

export const definition = (openAPIV3Schema: unknown): KubernetesObject => ({
  metadata: { name: 'lamps.ex.io' },
  spec: {
    group: 'ex.io',
    scope: 'Namespaced',
    names: { plural: 'lamps', kind: 'Lamp' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.count', statusReplicasPath: '.status.lit' },
        },
        selectableFields: [{ jsonPath: '.spec.color' }, { jsonPath: '.status.phase' }],
      },
    ],
  },
});

export async function lampWorld(): Promise<ApiWorld> {
  const world = await apiWorld();
  await world.admin.create(definitions, definition(schema));
  return world;
}

export const lamp = (name: string, spec: unknown): KubernetesObject => ({
  apiVersion: 'ex.io/v1',
  kind: 'Lamp',
  metadata: { name },
  spec,
});
