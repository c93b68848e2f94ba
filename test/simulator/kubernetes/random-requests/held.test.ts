import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { isHeld } from './held.ts';

const leaving = '2026-11-30T13:45:03Z';
const claim = { metadata: { name: 'c', namespace: 'n', uid: 'u' } };
const volume = {
  metadata: { name: 'v', deletionTimestamp: leaving, finalizers: ['kubernetes.io/pv-protection'] },
  spec: { claimRef: { namespace: 'n', name: 'c', uid: 'u' } },
};
const objects = (entries: Readonly<Record<string, readonly unknown[]>>) =>
  new Map(Object.entries(entries)) as ReadonlyMap<string, readonly KubernetesObject[]>;

t.test('a volume waits for its claim, as long as that stays', async t => {
  const held = (claims: readonly unknown[], of: KubernetesObject = volume) =>
    isHeld('persistentvolumes', of, objects({ persistentvolumeclaims: claims }));
  t.equal(held([claim]), true);
  t.equal(held([]), false);
  t.equal(held([{ metadata: { ...claim.metadata, uid: 'another' } }]), false);
  t.equal(held([{ metadata: { ...claim.metadata, deletionTimestamp: leaving } }]), false);
  const finalizers = ['kubernetes.io/pv-protection', 'example.com/mine'];
  t.equal(held([claim], { ...volume, metadata: { ...volume.metadata, finalizers } }), false);
});

t.test('a claim waits for a pod that has a node, until it has ended', async t => {
  const spec = { nodeName: 'a', volumes: [{ persistentVolumeClaim: { claimName: 'c' } }] };
  const held = (pod: object) =>
    isHeld(
      'persistentvolumeclaims',
      claim,
      objects({ pods: [{ metadata: { name: 'p', namespace: 'n' }, spec, ...pod }] }),
    );
  t.equal(held({}), true);
  t.equal(held({ status: { phase: 'Failed' } }), false);
  t.equal(held({ metadata: { name: 'p', namespace: 'm' } }), false);
  t.equal(held({ spec: { ...spec, nodeName: undefined } }), false);
});

t.test('a class waits for what names it; nothing else waits', async t => {
  const all = objects({ persistentvolumes: [{ metadata: {}, spec: { volumeAttributesClassName: 'k' } }] });
  const object = { metadata: { name: 'k' } };
  t.equal(isHeld('volumeattributesclasses.storage.k8s.io', object, all), true);
  t.equal(isHeld('volumeattributesclasses.storage.k8s.io', { metadata: { name: 'l' } }, all), false);
  t.equal(isHeld('configmaps', object, all), false);
});
