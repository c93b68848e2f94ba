import t from 'tap';
import { fill } from '../../../../harness/simulator/kubernetes/registry/fill.ts';

t.test('what is absent is filled in, and what is so already is left', async t => {
  const target = { a: '', b: null, c: 'x' };
  fill(target, { a: 'y', b: 1, c: 'z', d: [] });
  t.same(target, { a: 'y', b: 1, c: 'x', d: [] });
  // A part of the stored state, as a controller's write of a status brings it along.
  const stored = Object.freeze({ serviceName: '' });
  t.doesNotThrow(() => fill(stored, { serviceName: '' }));
});
