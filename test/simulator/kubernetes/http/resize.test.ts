import t from 'tap';
import { apiWorld } from '../api-world.ts';

const resources = (cpu: string, limit = '200m') => ({
  requests: { cpu, memory: '64Mi' },
  limits: { cpu: limit, memory: '128Mi' },
});
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'sample', labels: { app: 'p' } },
  spec: {
    initContainers: [{ name: 'i', image: 'x', resources: resources('50m') }],
    containers: [
      { name: 'a', image: 'x', resources: resources('100m') },
      { name: 'b', image: 'y' },
    ],
  },
};
const PATH = '/api/v1/namespaces/sample/pods';

interface Shown {
  readonly metadata: { readonly generation: number; readonly labels: object };
  readonly spec: { readonly containers: readonly { readonly image: string; readonly resources: object }[] };
}

/** Rows: a strategic merge patch of the resources, and the causes of its refusal. */
const REFUSED: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'more than the limit',
    { containers: [{ name: 'a', resources: { requests: { cpu: '2' } } }] },
    ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit'],
  ],
  [
    'another resource',
    { containers: [{ name: 'a', resources: { requests: { 'ephemeral-storage': '1Gi' } } }] },
    ['spec: Forbidden: only cpu and memory resources are mutable'],
  ],
  [
    'the policy',
    { containers: [{ name: 'a', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] }] },
    ['spec: Forbidden: only cpu and memory resources are mutable'],
  ],
  [
    'an init container',
    { initContainers: [{ name: 'i', resources: { requests: { cpu: '60m' } } }] },
    ['spec: Forbidden: resources for non-sidecar init containers are immutable'],
  ],
  [
    'a limit taken away',
    { containers: [{ name: 'a', resources: { limits: null } }] },
    ['spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed'],
  ],
  [
    'one container more',
    { containers: [{ name: 'c', image: 'x' }] },
    ['spec.containers: Forbidden: containers may not be added or removed on resize'],
  ],
  [
    'another order, another class',
    {
      containers: [
        { name: 'b', resources: resources('200m') },
        { name: 'a', resources: { requests: { cpu: '200m', memory: '128Mi' } } },
      ],
    },
    [
      'spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize',
      'spec.containers[1].name: Forbidden: containers may not be renamed or reordered on resize',
    ],
  ],
];

t.test('pods/resize changes resources, and nothing else', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const send = async (spec: object, metadata: object = {}) =>
    (await admin.request('PATCH', `${PATH}/p/resize`, {
      body: { metadata, spec },
      contentType: 'application/strategic-merge-patch+json',
    })) as Shown;
  await admin.request('POST', PATH, { body: POD });
  const changed = await send(
    { containers: [{ name: 'a', image: 'other', resources: { requests: { cpu: '150m' } } }] },
    { labels: { more: 'yes' } },
  );
  t.match(changed.spec.containers[0], { image: 'x', resources: { requests: { cpu: '150m' } } });
  t.same(changed.metadata.labels, { app: 'p' });
  t.equal(changed.metadata.generation, 2);
  const second = await send({ containers: [{ name: 'b', resources: { requests: { cpu: '10m' } } }] });
  t.match(second.spec.containers[1], { image: 'y', resources: { requests: { cpu: '10m' } } }, 'order kept');
  for (const [name, spec, causes] of REFUSED) {
    await send(spec).then(
      () => t.fail(name),
      error => {
        t.equal(error.code, 422, name);
        for (const cause of causes) t.ok(String(error.message).includes(cause), `${name}: ${error.message}`);
      },
    );
  }
  await t.rejects(
    admin.request('PATCH', `${PATH}/p`, {
      body: { spec: { containers: [{ name: 'a', resources: { requests: { cpu: '1m' } } }] } },
      contentType: 'application/strategic-merge-patch+json',
    }),
    { code: 422 },
    'not by the pod itself',
  );
  t.match(await admin.request('GET', `${PATH}/p/resize`), { kind: 'Pod', metadata: { generation: 3 } });
  await t.rejects(admin.request('DELETE', `${PATH}/p/resize`), { code: 405 });
});

t.test('a resize keeps the class of service, and pods without support are refused', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const spec = { containers: [{ name: 'a', image: 'x', resources: resources('200m') }] };
  await admin.request('POST', PATH, { body: { ...POD, spec } });
  const patch = (cpu: string) =>
    admin.request('PATCH', `${PATH}/p/resize`, {
      body: { spec: { containers: [{ name: 'a', resources: { requests: { cpu, memory: '128Mi' } } }] } },
      contentType: 'application/strategic-merge-patch+json',
    });
  await t.rejects(patch('200m'), {
    message: /spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing/,
  });
  await admin.request('PATCH', `${PATH}/p/status`, {
    body: { status: { containerStatuses: [{ name: 'a', image: 'x', imageID: '', state: { running: {} } }] } },
    contentType: 'application/merge-patch+json',
  });
  await t.rejects(patch('150m'), {
    message: /spec: Forbidden: Pod running on node without support for resize/,
  });
});
