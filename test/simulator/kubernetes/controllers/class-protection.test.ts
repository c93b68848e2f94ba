import t from 'tap';
import { TestWorld } from '../test-world.ts';

const CLASSES = 'volumeattributesclasses.storage.k8s.io';

t.test('a class of volume attributes goes when no claim names it any more', async t => {
  await using world = new TestWorld();
  const { local } = world.client;
  world.create(CLASSES, {
    metadata: { name: 'fast', finalizers: ['kubernetes.io/vac-protection'] },
    driverName: 'example.com',
  });
  world.create('persistentvolumeclaims', {
    metadata: { name: 'data', namespace: 'sample' },
    spec: {
      storageClassName: '',
      volumeAttributesClassName: 'fast',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Mi' } },
    },
  });
  local.delete(CLASSES, '', 'fast');
  await world.advance(5);
  t.ok(local.get(CLASSES, '', 'fast'));
  local.delete('persistentvolumeclaims', 'sample', 'data');
  await world.advance(5);
  t.equal(local.get(CLASSES, '', 'fast'), undefined);
});
