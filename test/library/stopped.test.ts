/** A mesh that is stopped says so to whoever asks it, and to whoever has asked and waits. */
import t from 'tap';
import { sleep } from '../../harness/base/clock.ts';
import { type Check, makeTopology, plan, up, verify } from '../../harness/index.ts';

const topology = makeTopology('mine', {
  networks: [{ name: 'network1' }],
  clusters: [{ name: 'east', network: 'network1', role: 'primary' }],
});
const namespaces = { apiVersion: 'v1', plural: 'namespaces' };
const warnings: string[] = [];
const onWarning = ({ message }: Error) => void warnings.push(message);
process.on('warning', onWarning);
t.teardown(() => process.off('warning', onWarning));

const mesh = await up({ topology, bare: true });
const east = mesh.clients['east'];
if (!east) throw new Error('There is no client of east.');
t.teardown(() => mesh.stop());
const late = {
  code: 'ERR_USAGE',
  message: /^This mesh has been stopped: .* comes too late\.$/,
  hint: /^Ask before/,
};
const meanwhile = { code: 'ERR_USAGE', message: 'This mesh was stopped while it was asked.' };

t.test('who waits for an answer is told', async t => {
  const lists = await Promise.all(Array.from({ length: 20 }, () => east.list(namespaces)));
  t.equal(lists.length, 20);
  let begun = () => {};
  const isAsked = new Promise<void>(resolve => {
    begun = resolve;
  });
  // It heeds no signal.
  const patient: Check = {
    id: 'patient',
    sentence: 'An hour goes by.',
    level: 'core',
    run: async ({ clock }) => {
      begun();
      await sleep(clock, 3_600_000);
      return { outcome: 'passed', found: '', evidence: null };
    },
  };
  const verifying = t.rejects(verify(mesh, { checks: [patient] }), meanwhile);
  const watching = t.rejects(
    east.watch(namespaces, {}, () => {}, new AbortController().signal),
    meanwhile,
  );
  const ending = new AbortController();
  const reason = new Error('enough');
  const ended = t.rejects(
    east.watch(namespaces, {}, () => {}, ending.signal),
    reason,
  );
  await isAsked;
  ending.abort(reason);
  await mesh.stop();
  await Promise.all([verifying, watching, ended]);
});

t.test('who asks later is told', async t => {
  const pods = { namespace: 'default' };
  await t.rejects(verify(mesh), late);
  await t.rejects(east.list(namespaces), late);
  await t.rejects(east.exec('default', 'pod', undefined, ['true']), late);
  await t.rejects(mesh.exec('east', { ...pods, pod: 'pod' }, ['true']), late);
  await t.rejects(mesh.faults.kill('east', pods), late);
  await t.rejects(mesh.faults.restart('east', pods), late);
  await t.rejects(mesh.faults.begin('istiod-away'), late);
  t.throws(() => mesh.faults.partition('network1', 'network2'), late);
  t.throws(() => mesh.faults.drop(), late);
  t.throws(() => mesh.faults.delay({}, 5), late);
  t.throws(() => mesh.faults.refuse(), late);
  t.same(mesh.faults.list(), []);
  await mesh.faults.clear();
  t.match(east.server, /^https:/);
  t.same(warnings, []);
});

t.test('what has no effect beside something else is refused', async t => {
  await t.rejects(up({ topology, bare: true, omit: ['make-certificates'] }), {
    code: 'ERR_USAGE',
    message: 'omit of up leaves steps out, and with bare or apiOnly none is carried out.',
  });
  await t.rejects(up({ topology, plan: plan(topology), edition: 'current', bare: true }), {
    message: 'edition of up is current, and the plan is of edition 1.8.',
  });
});
