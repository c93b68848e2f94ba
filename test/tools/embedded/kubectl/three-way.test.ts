/**
 * The patches of kubectl apply: tables of what was applied, what is applied, what is there, and what must be
 * sent.
 */
import t from 'tap';
import { strategicPatchOf } from '../../../../harness/tools/embedded/kubectl/strategic-patch.ts';
import { type JsonObject, mergePatchOf } from '../../../../harness/tools/embedded/kubectl/three-way.ts';

interface Row {
  readonly name: string;
  readonly original?: JsonObject;
  readonly modified: JsonObject;
  readonly current: JsonObject;
  readonly merge?: JsonObject;
  readonly strategic?: JsonObject;
}

const rows: readonly Row[] = [
  {
    name: 'nothing changed',
    original: { a: 1 },
    modified: { a: 1 },
    current: { a: 1, b: 2 },
    merge: {},
    strategic: {},
  },
  {
    name: 'a value changes',
    original: { a: 1 },
    modified: { a: 2 },
    current: { a: 1 },
    merge: { a: 2 },
    strategic: { a: 2 },
  },
  {
    name: 'what someone else set stays',
    original: { spec: { a: 1 } },
    modified: { spec: { a: 1 } },
    current: { spec: { a: 1, clusterIP: '10.0.0.1' } },
    merge: {},
    strategic: {},
  },
  {
    name: 'what is no longer in the file is removed',
    original: { spec: { a: 1, b: 2 } },
    modified: { spec: { a: 1 } },
    current: { spec: { a: 1, b: 2, c: 3 } },
    merge: { spec: { b: null } },
    strategic: { spec: { b: null } },
  },
  {
    name: 'drift is taken back',
    original: { spec: { replicas: 1 } },
    modified: { spec: { replicas: 1 } },
    current: { spec: { replicas: 5 } },
    merge: { spec: { replicas: 1 } },
    strategic: { spec: { replicas: 1 } },
  },
  {
    name: 'a Service port is replaced by another',
    original: { spec: { ports: [{ name: 'http', port: 5000 }] } },
    modified: { spec: { ports: [{ name: 'http', port: 5001 }] } },
    current: { spec: { ports: [{ name: 'http', port: 5000, protocol: 'TCP', targetPort: 5000 }] } },
    merge: { spec: { ports: [{ name: 'http', port: 5001 }] } },
    strategic: {
      spec: {
        '$setElementOrder/ports': [{ port: 5001 }],
        ports: [
          { name: 'http', port: 5001 },
          { $patch: 'delete', port: 5000 },
        ],
      },
    },
  },
  {
    name: 'one field of one container',
    original: {
      spec: {
        containers: [
          { name: 'a', image: 'x:1' },
          { name: 'b', image: 'y' },
        ],
      },
    },
    modified: {
      spec: {
        containers: [
          { name: 'a', image: 'x:2' },
          { name: 'b', image: 'y' },
        ],
      },
    },
    current: {
      spec: {
        containers: [
          { name: 'a', image: 'x:1', imagePullPolicy: 'Always' },
          { name: 'b', image: 'y' },
        ],
      },
    },
    strategic: {
      spec: {
        '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
        containers: [{ name: 'a', image: 'x:2' }],
      },
    },
  },
  {
    name: 'a field of a container goes and another comes',
    original: { spec: { containers: [{ name: 'a', image: 'x', tty: true }] } },
    modified: { spec: { containers: [{ name: 'a', image: 'y' }] } },
    current: { spec: { containers: [{ name: 'a', image: 'x', tty: true }] } },
    strategic: {
      spec: {
        '$setElementOrder/containers': [{ name: 'a' }],
        containers: [{ name: 'a', image: 'y', tty: null }],
      },
    },
  },
  {
    name: 'tolerations are replaced as a whole',
    original: { spec: { tolerations: [{ key: 'a' }] } },
    modified: { spec: { tolerations: [{ key: 'b' }] } },
    current: { spec: { tolerations: [{ key: 'a' }, { key: 'c' }] } },
    strategic: { spec: { tolerations: [{ key: 'b' }] } },
  },
  {
    name: 'without the annotation nothing is removed',
    modified: { spec: { a: 1 } },
    current: { spec: { b: 2 } },
    merge: { spec: { a: 1 } },
    strategic: { spec: { a: 1 } },
  },
  {
    name: 'null for what is not there is no change',
    original: { metadata: { creationTimestamp: null } },
    modified: { metadata: { creationTimestamp: null } },
    current: { metadata: {} },
    merge: {},
    strategic: {},
  },
  {
    name: 'a finalizer that is dropped',
    original: { metadata: { finalizers: ['a', 'b'] } },
    modified: { metadata: { finalizers: ['a'] } },
    current: { metadata: { finalizers: ['a', 'b', 'c'] } },
    strategic: { metadata: { '$deleteFromPrimitiveList/finalizers': ['b'] } },
  },
];

for (const { name, merge, strategic, ...states } of rows) {
  t.test(name, async t => {
    const three = { original: undefined, ...states };
    if (merge) t.same(mergePatchOf(three), merge, 'merge patch');
    if (strategic) t.same(strategicPatchOf(three), strategic, 'strategic merge patch');
  });
}
