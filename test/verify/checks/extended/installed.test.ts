/**
 * The extended checks on installed meshes, which are broken and mended again for one of them to find it. By
 * day one mesh, at night all scenarios in both editions.
 */
import t, { type Test } from 'tap';
import { CHECK_FAMILIES, checksFor } from '../../../../harness/verify/catalog.ts';
import type { CheckOutcome } from '../../../../harness/verify/check.ts';
import { topologyOf } from '../../../plan/scenarios.ts';
import { CHECK_FAULTS, type CheckFault, faultIn, stable } from '../../../support/check-faults.ts';
import { hasFailureText, holdFailureText } from '../../../support/failure-texts.ts';
import { type InstalledMesh, installedMesh } from '../../../support/installed-mesh.ts';
import { isNightly } from '../../../support/nightly.ts';

/** Scenario and edition. The first has every fault. */
const MESHES = [
  ['multi-primary', 'current'],
  ['multi-primary', '1.8'],
  ['multi-primary-multi-network', 'current'],
  ['multi-primary-multi-network', '1.8'],
  ['primary-remote', 'current'],
  ['primary-remote', '1.8'],
  ['primary-remote-multi-network', 'current'],
  ['primary-remote-multi-network', '1.8'],
] as const;

t.setTimeout(600_000);

/** What the changing checks touch, in both clusters. */
async function touched({ client }: InstalledMesh) {
  const lists = [
    ['secrets', 'v1', 'istio-system', 'istio/multiCluster=true'],
    ['secrets', 'v1', 'sample', ''],
    ['pods', 'v1', 'sample', 'app=mesh-harness-stranger'],
    ['peerauthentications', 'security.istio.io/v1beta1', 'sample', ''],
    ['deployments', 'apps/v1', 'sample', ''],
  ] as const;
  const found: string[] = [];
  for (const cluster of ['cluster1', 'cluster2']) {
    for (const [plural, apiVersion, namespace, labelSelector] of lists) {
      const { items } = await client(cluster).list({ apiVersion, plural, namespace }, { labelSelector });
      for (const { metadata, spec } of items) {
        const { replicas = '' } = (spec ?? {}) as { replicas?: number };
        found.push(`${cluster} ${plural} ${metadata.name} ${replicas}`);
      }
    }
  }
  return found;
}

/** The checks that change something, and what they find in a healthy mesh. */
const CHANGING: Readonly<Record<string, RegExp>> = {
  'foreign-clients-refused':
    /^12 attempts of strangers were refused: in plain text, without a certificate, with a certificate of another root; /,
  'negative-control':
    /^without remote secrets cluster1 got 60 calls: 60 from cluster1, 0 from cluster2; without remote secrets cluster2 got 60 calls: 0 from cluster1, 60 from cluster2$/,
  'failover-v1':
    /^without v1 cluster1 got 60 calls: 0 from cluster1, 60 from cluster2; without v1 cluster2 got 60 calls: 0/,
};

for (const [index, [scenario, edition]] of (isNightly ? MESHES : MESHES.slice(0, 1)).entries()) {
  await t.test(`${scenario}, ${edition}`, async t => {
    const topology = await topologyOf(scenario);
    await using mesh = await installedMesh(topology, edition);
    const known = checksFor(topology, undefined, { extended: true });
    await t.test('checks that only read pass, and change nothing', async t => {
      const before = await touched(mesh);
      for (const { id } of checksFor(topology, undefined, { extended: true, allowChanges: false })) {
        if (known.find(check => check.id === id)?.level === 'core') continue;
        const { outcome, found } = await mesh.check(id);
        t.equal(outcome, 'passed', `${id}: ${found}`);
      }
      t.same(await touched(mesh), before);
    });
    for (const [id, words] of Object.entries(CHANGING)) {
      if (known.some(check => check.id === id)) await t.test(id, t => holdChanging(t, mesh, id, words));
    }
    for (const fault of CHECK_FAULTS.filter(faultIn(topology, edition)))
      await t.test(`${fault.check} finds that ${fault.what}`, async t => {
        const outcome = await holdFault(t, mesh, fault);
        // Of the first mesh, the words that people read of it too.
        if (index === 0 && fault.text !== undefined)
          holdFailureText(t, mesh.told(fault.check, outcome), fault.check, fault.text);
      });
  });
}

t.test('each family of checks has a golden text of a failure', async t => {
  for (const { id } of CHECK_FAMILIES) t.ok(hasFailureText(id), id);
});

/** A check that changes something passes, and puts that back: at its end, and when it is aborted. */
async function holdChanging(t: Test, mesh: InstalledMesh, id: string, words: RegExp): Promise<void> {
  const before = await touched(mesh);
  const during: (readonly string[])[] = [];
  const onProgress = () => void touched(mesh).then(seen => during.push(seen));
  const { outcome, found } = await mesh.check(id, { onProgress });
  t.equal(outcome, 'passed', found);
  t.match(found, words);
  t.notSame(during[0], before, 'something was changed');
  t.same(await touched(mesh), before, 'and is put back');

  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error('interrupted'));
  const aborted = mesh.check(id, { signal: controller.signal, onProgress: interrupt });
  await t.rejects(aborted, { message: 'interrupted' });
  t.same(await touched(mesh), before, 'put back after the interruption');
  await mesh.pass(5_000);
}

async function holdFault(t: Test, mesh: InstalledMesh, fault: CheckFault): Promise<CheckOutcome> {
  const { check, found, takenFor, breakIt } = fault;
  const mend = await breakIt?.(mesh);
  const asked = { convergenceMs: 5_000, ...(takenFor && { topology: takenFor(mesh.topology) }) };
  const outcome = await mesh.check(check, asked);
  await mend?.();
  t.equal(outcome.outcome, 'failed');
  t.equal(stable(outcome.found).slice(-found.length), found);
  t.match(outcome.diagnosis?.sentence, /\.$/);
  return outcome;
}
