/**
 * Zero values, as Kubernetes 1.34.3 shows them of the same objects (asked on 2026-11-30, kubectl create and
 * get).
 */
import t from 'tap';
import { BUILT_IN_RESOURCES } from '../../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import type {
  JsonObject,
  KubernetesObject,
} from '../../../../../harness/simulator/kubernetes/registry/json.ts';
import { ResourceRegistry } from '../../../../../harness/simulator/kubernetes/registry/registry.ts';
import { asGoWrites } from '../../../../../harness/simulator/kubernetes/registry/schema/zero-values.ts';

interface Row {
  readonly name: string;
  readonly kind: readonly [apiVersion: string, kind: string];
  readonly sent: KubernetesObject;
  readonly shown: JsonObject;
}

const registry = new ResourceRegistry(BUILT_IN_RESOURCES, 34);

const ROWS: readonly Row[] = [
  {
    name: 'what is empty and may be absent is absent',
    kind: ['v1', 'ConfigMap'],
    sent: { metadata: { name: 'c', labels: {}, finalizers: [] }, data: {}, immutable: false },
    shown: { metadata: { name: 'c' }, immutable: false },
  },
  {
    name: 'a pointer to a zero value is a value; structs are always there',
    kind: ['v1', 'Service'],
    sent: {
      metadata: {},
      spec: {
        ports: [{ port: 80, nodePort: 0, name: '' }],
        selector: {},
        externalIPs: [],
        publishNotReadyAddresses: false,
        allocateLoadBalancerNodePorts: false,
      },
    },
    shown: {
      metadata: {},
      spec: { ports: [{ port: 80, targetPort: 0 }], allocateLoadBalancerNodePorts: false },
      status: { loadBalancer: {} },
    },
  },
  {
    name: 'what has to be there is there, empty',
    kind: ['apps/v1', 'ReplicaSet'],
    sent: { metadata: {}, spec: { selector: null, template: { spec: { containers: [{ name: 'c' }] } } } },
    shown: {
      metadata: {},
      spec: {
        selector: null,
        template: { metadata: {}, spec: { containers: [{ name: 'c', resources: {} }] } },
      },
      status: { replicas: 0 },
    },
  },
  {
    name: 'lists and times that have to be there are null',
    kind: ['v1', 'Event'],
    sent: { metadata: {}, involvedObject: {} },
    shown: {
      metadata: {},
      involvedObject: {},
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
    },
  },
  {
    name: 'quantities are 0',
    kind: ['v1', 'Pod'],
    sent: {
      metadata: {},
      spec: {
        containers: [
          {
            name: 'c',
            args: [],
            env: [{ name: 'e', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
          },
        ],
      },
    },
    shown: {
      metadata: {},
      spec: {
        containers: [
          {
            name: 'c',
            resources: {},
            env: [{ name: 'e', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } }],
          },
        ],
      },
      status: {},
    },
  },
  {
    name: 'the schema of a definition is written as it is',
    kind: ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    sent: {
      metadata: {},
      spec: {
        group: 'g',
        scope: 'Cluster',
        names: { plural: 'p', kind: 'K' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', default: {}, additionalProperties: false, enum: [] },
            },
          },
        ],
      },
    },
    shown: {
      metadata: {},
      spec: {
        group: 'g',
        scope: 'Cluster',
        names: { plural: 'p', kind: 'K' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', default: {}, additionalProperties: false } },
          },
        ],
      },
      status: {
        conditions: null,
        acceptedNames: { plural: '', kind: '' },
        storedVersions: null,
      },
    },
  },
];

t.test('zero values are written as Go writes them', async t => {
  for (const { name, kind, sent, shown } of ROWS) {
    const type = registry.byKind(...kind);
    if (type) asGoWrites(sent, type, registry.minor);
    t.same(sent, shown, name);
  }
});
