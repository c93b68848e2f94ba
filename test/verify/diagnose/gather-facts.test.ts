import { setMaxListeners } from 'node:events';
import t from 'tap';
import type { ApiClient } from '../../../harness/base/api-client.ts';
import { gatherFacts } from '../../../harness/verify/diagnose/gather-facts.ts';
import { CLUSTER1, CLUSTER2, twoClusters } from '../../support/small-mesh.ts';

/** Empty clusters that answer when they are told to; `lists` counts what was asked of them. */
function silentMesh() {
  const topology = twoClusters();
  let lists = 0;
  let answer: () => void = () => {};
  const open = new Promise<void>(resolve => (answer = resolve));
  const client = {
    list: async (_path: unknown, _selectors: unknown, signal: AbortSignal) => {
      lists++;
      setMaxListeners(0, signal); // as the real client's
      await Promise.race([
        open,
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ]);
      return { items: [], resourceVersion: '1' };
    },
  } as unknown as ApiClient; // of whose verbs an empty cluster sees no other
  const clusters = new Map(topology.clusters.map(spec => [spec.name, { spec, client }]));
  const ask = (signal = new AbortController().signal) => gatherFacts({ topology, clusters, signal });
  return { ask, answer: () => answer(), lists: () => lists };
}

t.test('checks that ask at the same time have facts of one reading, later ones read anew', async t => {
  const mesh = silentMesh();
  const together = [mesh.ask(), mesh.ask(), mesh.ask()];
  const once = mesh.lists();
  t.ok(once > 0);
  mesh.answer();
  const [first, ...others] = await Promise.all(together);
  t.same([...(first?.clusters.keys() ?? [])], [CLUSTER1, CLUSTER2]);
  for (const facts of others) t.equal(facts, first);
  t.equal(mesh.lists(), once);
  t.not(await mesh.ask(), first);
  t.equal(mesh.lists(), 2 * once);
});

t.test('a check that ends takes the facts from nobody, and one that ends waits for nobody', async t => {
  const mesh = silentMesh();
  const first = new AbortController();
  const last = new AbortController();
  const asked = [mesh.ask(first.signal), mesh.ask(), mesh.ask(last.signal)] as const;
  last.abort(new Error('the last has ended'));
  await t.rejects(asked[2], /the last has ended/);
  first.abort(new Error('the first has ended'));
  await t.rejects(asked[0], /the first has ended/);
  mesh.answer();
  t.same([...(await asked[1]).clusters.keys()], [CLUSTER1, CLUSTER2]);
});
